# The frame of every page.
skip = Skip to content
nav = Main navigation
nav-HOME = Dashboard
nav-CONTACTS = Contacts
nav-SUBSCRIBERS = My subscribers
nav-PRODUCTS = Products
nav-SUBSCRIPTIONS = Subscriptions
nav-CLAIMS = Complaints
nav-MEMBERS = Members and guests
nav-IMPORTS = Import
nav-ERP = ERP
nav-HISTORY = History
nav-SETTINGS = Settings
nav-PORTAL = My space
undo = Undo
account-number = no. { $x }
switch-account = Switch account
sign-out = Sign out
other-language = Français
search = Search
cancel = Cancel
save = Save
edit = Edit
remove = Remove
previous = Previous
next = Next
pages = Pages
open = Open
closed = Closed
form-errors = Nothing was saved yet.

# Dates that are near.
date-now = just now
date-minutes-ago = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
 }
date-in-minutes = { $n ->
    [one] in { $n } minute
   *[other] in { $n } minutes
 }
date-hours-ago = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
 }
date-in-hours = { $n ->
    [one] in { $n } hour
   *[other] in { $n } hours
 }
date-days-ago = { $n ->
    [one] yesterday
   *[other] { $n } days ago
 }
date-in-days = { $n ->
    [one] tomorrow
   *[other] in { $n } days
 }

# Choices that several pages name.
profile-CLIENT = Client
profile-CONTACT = Contact
profile-GUEST = Guest
status-PENDING = Pending
status-INVITED = Invited
status-DECLINED = Declined
status-ACTIVE = Active
status-INACTIVE = Inactive
status-EXPIRED = Expired
status-REVOKED = Revoked
kind-PERSON = Person
kind-GROUP = Group
mode-AUTOMATIC = Automatic
mode-ACTIVATED = Activated
mode-SUSPENDED = Suspended

# Going anywhere, and keys.
palette = Go to…
palette-hint = A page, a name, an address
palette-none = Nothing matches “{ $x }”.
palette-rooms = Pages
keys = Keyboard shortcuts
keys-palette = Go anywhere
keys-search = Search the list
keys-rows = Next row, previous row
close = Close
offline = No connection: nothing was saved. What you typed stays here; try again once the network is back.
not-done = Something went wrong: nothing was saved. What you typed stays here; try again.
