# Importing a file, step by step.
imports-what = Add clients in groups, from a .csv table. Nobody is mailed.
imports-past = Imports so far
imports-none = No file was imported yet.
import-when = Date
import-state = State
import-rows = Rows
import-of = Import of { $x }
import-step-file = File
import-step-read = Reading
import-step-plan = Dry run
import-step-do = Import
import-step-report = Report
import-file = Drop your table here, or choose it
import-file-hint = As .csv, in any encoding.
import-template = Download a template
import-look = See what it would do
import-policy = Where rows cannot be taken
import-policy-REJECT_FAILED_ROWS = Leave them out
import-policy-REJECT_EVERYTHING = Import nothing
import-policy-IGNORE_FAILED = Take the rest of the row
import-policy-hint-REJECT_FAILED_ROWS = They come back to you in a file, to be mended.
import-policy-hint-REJECT_EVERYTHING = One refused row stops everything.
import-policy-hint-IGNORE_FAILED = Only the wrong values are left out.
import-label = Label
import-label-hint = Put on every contact of the file, to find them again.
import-sent = Sent by { $x } · refused rows: { $y }
import-read = { $n ->
    [one] { $n } row read
   *[other] { $n } rows read
 }
import-encoding = encoding { $x }
import-ignored = { $n ->
    [one] { $n } column means nothing here and is ignored
   *[other] { $n } columns mean nothing here and are ignored
 }
import-blank = { $n ->
    [one] { $n } blank row
   *[other] { $n } blank rows
 }
import-same-file = The same file was sent on { $x } already.
import-same-look = See that import
import-refused-whole = Rows are refused, and you asked to import nothing then. Mend them and send the file again.
import-nothing = Everything is so already: there is nothing to import.
import-mend = Refused rows are corrected here, or in the errors file: send it then like any other file.
import-errors-file = Download the rows to be mended
import-drop = Drop it
import-do = { $n ->
    [one] Import { $n } row
   *[other] Import { $n } rows
 }
import-progress = { $x } rows of { $y }
import-undoing = being taken back
import-refresh = Refresh
import-stop = Stop
import-ended = Ended on { $x }
import-go-on = Go on
import-undo = Undo this import
import-undo-until = The import can be undone until { $x }.
import-undo-title = Undo this import?
import-undo-text = Contacts created that are removed: { $x }. Contacts changed that get back what they held: { $y }. What somebody changed since stays as it is.
import-removed = Removed
import-restored = Restored
import-status-PLANNED = Dry run ready
import-status-APPLYING = Under way
import-status-APPLIED = Imported
import-status-CANCELLED = Stopped
import-status-UNDOING = Being undone
import-status-UNDONE = Undone
import-outcome = Outcome
import-outcome-CREATED = Created
import-outcome-UPDATED = Changed
import-outcome-UNCHANGED = Unchanged
import-outcome-DUPLICATE = Duplicates
import-outcome-REJECTED = Refused
import-outcome-LEFT_OUT = Left out
import-outcome-KEPT = Kept
import-row-CREATED = New contact
import-row-UPDATED = Changed
import-row-UNCHANGED = Unchanged
import-row-DUPLICATE = Duplicate
import-row-REJECTED = Refused
import-row-LEFT_OUT = Left out
import-row-KEPT = Kept
import-table = The file, row by row
import-all-rows = All rows
import-errors-only = Show errors only
import-no-rows = No row to show: they are deleted a day after the import ended.
import-scroll = Table of the file
import-line = Line
import-same-as = as row { $n }
import-in-column = { $x }: { $y }
import-column-ID = ID
import-column-COMPANY = Company
import-column-LAST_NAME = Last name
import-column-FIRST_NAME = First name
import-column-EMAIL = E-mail
import-column-PHONE = Phone
import-column-FAX = Fax
import-column-ADDRESS = Address
import-column-KIND = Kind
told-import-planned = Nothing is changed yet: this is what the import would do.
told-import-dropped = The dry run is dropped.
told-import-stopped = The import is stopped.
import-mend-here = Correct here
import-mend-plan = Correct what is wrong; the whole file is then read again, and nothing is changed before you import it.
import-mend-rest = Correct what is wrong; the rows that were not taken become another import, and nothing is changed before you import it.
import-mend-cell = { $x }, line { $y }
import-mend-beyond = { $n ->
    [one] { $n } more refused row comes after these.
   *[other] { $n } more refused rows come after these.
 }
told-import-mended = Every row can be taken. Nothing is changed yet.
told-import-mended-partly = Rows are still refused: correct them here, or leave them out. Nothing is changed yet.
