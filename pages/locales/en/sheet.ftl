# The contact sheet.
sheet-tabs = Tabs of the sheet
tab-overview = Overview
tab-accesses = Product access
tab-history = History
recorded-on = recorded on { $x }
sheet-as-of = The sheet as it was on { $x }.
sheet-now = Back to today
email-status-UNVERIFIED = not verified
email-status-VERIFIED = verified
email-status-BOUNCED = bounces
last-name = Last name
first-name = First name
company = Company
phone = Phone
fax = Fax
address = Address
external-id = ID
labels = Labels
registration = Registration in the app
registration-NOT_REGISTERED = Not registered in the app
registration-PENDING_VALIDATION = Awaiting validation
registration-REGISTERED = Registered in the app
registration-REFUSED = Refused

# Accesses.
accesses-none = No access yet
accesses-none-text = Give access to a product: it appears here with its date, its mode and what it opens.
grant-title = Give a new access
open-since = since { $x }
opens-on = opens on { $x }
column-date = Date
column-access = Access
column-content = Content
reason-OPEN = open
reason-CONTACT_DELETED = contact deleted
reason-CONTACT_ERASED = data erased
reason-NOT_ACTIVE_MEMBER = not an active member
reason-AWAITING_VALIDATION = registration awaits validation
reason-REGISTRATION_REFUSED = registration refused
reason-NOT_GRANTED = no access given
reason-SUSPENDED = access suspended
reason-NO_SUBSCRIPTION = no subscription running
reason-NOT_YET_OPEN = not open yet
opening-FROM_ORDER_DATE = From the order date
opening-FULL = Full access
opening-ADVANCED = Advance the access
opening-FROM_DATE = From a given date
opening-hint-FROM_ORDER_DATE = Modules open at the product's own pace.
opening-hint-FULL = All content at once, later modules included.
opening-hint-ADVANCED = Every module opens earlier than planned.
opening-hint-FROM_DATE = The product's pace begins on that day.
unit-DAYS = days
unit-MONTHS = months
unit-YEARS = years
unit-many-DAYS = { $n ->
    [one] { $n } day
   *[other] { $n } days
 }
unit-many-MONTHS = { $n ->
    [one] { $n } month
   *[other] { $n } months
 }
unit-many-YEARS = { $n ->
    [one] { $n } year
   *[other] { $n } years
 }
bar-label = { $x } of { $y } modules open
bar-now = today
why = Why?
gate-CONTACT = Contact
gate-VALIDATION = Validation
gate-MODE = Mode
gate-OPENING = Opening
gate-DRIP = Modules
gate-by = { $x }, { $y }
modules = Modules
edit-access-of = Edit the access to { $x }
remove-access-of = Remove the access to { $x }

# Giving an access.
product = Product
product-search = Select: name of the product
products-none = This account has no product yet.
products-no-result = No product matches “{ $x }”.
products-more = There are more products: search by name.
already-granted = Given already: edit the access on the sheet.
modules-count = { $n ->
    [one] { $n } module
   *[other] { $n } modules
 }
no-order-email = no order e-mail
send-order-email = Send the product's e-mail
send-order-email-hint = The contact receives the product's order e-mail.
grant = Give access
told-granted = Access was given.

# Editing an access.
edit-title = Access to { $x }
access-rights = Access
mode-many-AUTOMATIC = Automatic
mode-many-ACTIVATED = Activated
mode-many-SUSPENDED = Suspended
mode-hint-AUTOMATIC = As the subscription stands: running, cancelled, unpaid.
mode-hint-ACTIVATED = Open for ever, whatever the payments.
mode-hint-SUSPENDED = Closed, whatever the payments.
digital-content = Access to digital content
advance-by = Advance by
advance-unit = Unit
date = Date
ordered-on = Order date
ordered-on-hint = Leave empty to keep that of the subscription or of the grant.
told-edited = The access was saved.

# Removing an access.
remove-title = Remove { $x }'s access to { $y }?
remove-text-open = This product is open to them now: it closes at once.
remove-text-closed = This product is closed to them now.
remove-text = The history stays, and access can be given again.
remove-do = Remove the access
told-removed = The access was removed.

# History.
as-of = See the sheet as it was on
as-of-look = Look
changes = Details
change-field = Field
change-before = Before
change-after = After
history-more = Older acts

# What saving will open.
preview-after = After saving
preview-now = Today
preview-then = Then
preview-calendar = What opens when
preview-module = Module
preview-look = See what this opens

# Permissions, app.
tab-app = App
rights-change = Change the permissions
sheet-acts = Latest acts
app-to-validate = Validate the registration
app-mail-asked = e-mail sent on { $x }
app-invited = Invitation to the app
app-invited-until = valid until { $x }
app-devices = Devices
app-no-device = No device yet.
app-device = Device
app-first-seen = First seen
app-last-seen = Last seen
slide = Day at which the sheet is shown
