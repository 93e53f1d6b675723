# The list of contacts.
contacts-what = Your clients, and what is open to them.
contacts-search = Name, company, e-mail or ID
contacts-count = { $n ->
    [one] { $n } contact
   *[other] { $n } contacts
 }
contacts-count-capped = More than { $n } contacts
contacts-first = No contacts yet
contacts-first-text = The people you give access to your products appear here.
contacts-no-result = No contact matches
contacts-no-result-text = Take away a filter above, or search for the beginning of another word.
filter-mode = Access mode
filter-profile = Profile
filter-kind = Kind
filter-email = E-mail
filter-remove = remove this filter
filter-clear = Clear all
has-email-YES = With e-mail
has-email-NO = Without e-mail
sort = Sort
sort-name = By name
sort-name-desc = By name, Z to A
sort-recent = Newest first
sort-oldest = Oldest first
columns = Columns
column-name = Name
column-ACCESSES = Product access
column-EMAIL = E-mail
column-COMPANY = Company
column-ID = ID
column-PROFILE = Profile
column-STATUS = Status
column-RECORDED = Recorded
column-action = Action
no-access = No access
open-sheet = Open the sheet of { $x }

# Adding, changing, deleting a contact.
contact-add = Add a client
contact-add-do = Add
contact-edit = Edit
contact-delete = Delete
contact-actions = Actions
contact-actions-of = Actions for { $x }
contact-of-erp = This sheet comes from the ERP “{ $x }”: what the ERP keeps is changed there.
contact-needs = A last name, a first name or a company is enough.
contact-email-hint = This is the address the person is known by when they sign up.
contact-more = Type and ID
kind-hint-PERSON = Gets an e-mail to verify the address, and can sign in.
kind-hint-GROUP = A shared address: not verified, nobody signs in with it.
external-id-hint = Its id in another program, if it has one.
line1 = Number and street
line2 = Building, floor
line3 = Place, post box
postal-code = Postal code
city = City
country = Country
country-hint = Two letters, such as BE; empty: France.
contact-delete-title = Delete { $x }?
contact-delete-text = The sheet leaves the lists; its history stays.
told-added = The contact was added.
told-changed = The sheet was saved.
told-deleted = The contact was deleted.
meanwhile = Changed by somebody else meanwhile
meanwhile-now = Now
meanwhile-yours = Yours
meanwhile-same = Somebody changed this sheet meanwhile; nothing of it contradicts what you typed. Save again.
meanwhile-untouched = not touched: the new value is taken
meanwhile-take-now = { $x }: take what stands now, { $y }
meanwhile-take-yours = { $x }: keep yours, { $y }
meanwhile-choose = Choose row by row, then save again.
meanwhile-save = Saving again replaces what is there now by what you typed.
contact-erased = This person's data were erased.
contact-erased-on = This person's data were erased for ever on { $x }. What happened stays, and says of nobody whom.
contact-gone = Deleted on { $x }: the sheet is no longer in the lists.

# Views that are kept.
views = Your views
view-keep = Keep this view
view-change = This view
view-name = Name of the view
view-hint = Filters, order and columns are kept, for you alone; what was searched is not.
view-rename = Rename
view-drop = Delete the view
view-taken = Another of your views has this name.
view-too-many = You keep { $n } views in this account already: delete one first.
told-view-kept = The view is kept.
told-view-renamed = The view was renamed.
told-view-dropped = The view was deleted.

# Exporting what the list shows.
contacts-export = Export
contacts-export-what = { $n ->
    [one] The file holds { $n } contact.
   *[other] The file holds { $n } contacts.
 }
contacts-export-what-capped = The file holds more than { $n } contacts.
contacts-export-narrowed = As the list, narrowed to:
contacts-export-columns = Identifier, company, last name, first name, e-mail, phone, fax, address, type, profile, status, day of recording.
