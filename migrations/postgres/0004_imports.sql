-- What is sealed is not compressible: trying costs time and saves nothing.
ALTER TABLE import_row ALTER COLUMN sealed SET STORAGE EXTERNAL;
