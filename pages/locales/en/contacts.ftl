# The list of contacts.
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
sort-recent = Newest first
column-name = Name
column-accesses = Product access
column-profile = Profile
column-recorded = Recorded
column-action = Action
no-access = No access
open-sheet = Open the sheet of { $x }
