# The list of subscribers.
subscribers-what = The people and companies your subscriptions are delivered to.
subscribers-search = Name, company, e-mail or ID
subscribers-export = Export (Excel)
subscriber-add = Create a subscriber
subscribers-count = { $n ->
    [one] { $n } subscriber
   *[other] { $n } subscribers
 }
subscribers-count-capped = More than { $n } subscribers
subscribers-first = No subscribers yet
subscribers-first-text = Create a subscriber before placing an order: issues are delivered to them.
subscribers-no-result = No subscriber matches “{ $x }”
subscribers-no-result-text = Try the beginning of another word, e-mail or ID.
subscribers-all = Show all subscribers
subscriber-column-name = Subscriber
subscriber-column-id = ID
subscriber-column-reach = Contact details
subscriber-column-address = Address
subscriber-fax = Fax { $x }
subscriber-id = ID { $x }
subscriber-login = Administrator (subscriber) account
subscriber-login-SUBSCRIBER = Subscriber account
subscriber-login-ADMINISTRATOR = Administrator account
address-incomplete = Incomplete address

# A subscriber's sheet.
subscriber-since = recorded on { $x }
subscriber-deleted = Deleted
subscriber-contact-sheet = Contact sheet
subscriber-edit = Change details
subscriber-where = Delivery address
subscriber-nowhere = No deliveries today.
address-when-PAST = Past
address-when-NOW = In force
address-when-LATER = To come
address-from-until = from { $x } to { $y }
address-from = from { $x } on
address-until = until { $x }
address-always = always
address-set = Schedule an address
subscriber-link-until = link valid until { $x }
subscriber-send-link = Send the link again
subscriber-no-subscription = No subscription.
subscriber-state = State
subscriber-days = Period
subscriber-for-ever = no end
subscriber-standing-SCHEDULED = To come
subscriber-standing-RUNNING = Current
subscriber-standing-PAUSED = Paused
subscriber-standing-CANCELLED = Cancelled
subscriber-standing-ENDED = Ended
subscriber-no-claim = No complaint.
subscriber-claim-OPEN = Open
subscriber-claim-ANSWERED = Answered
subscriber-claim-CLOSED = Closed
transfers = Passed on to customer service
transfers-none = No change has been passed on yet.
transfer-QUEUED = Waiting
transfer-SENT = Passed on
transfer-ACKNOWLEDGED = Taken into account
transfer-FAILED = Failed
transfer-DROPPED = No longer needed

# Creating a subscriber, changing their details.
subscriber-form-lead = Subscriptions are delivered to these details: they must be complete.
star-means = mandatory
subscriber-who = Subscriber
subscriber-name-or-company = A name or a company is enough.
subscriber-owned = Changed in { $x }.
subscriber-create-login = Create an administrator (subscriber) account
subscriber-create-login-hint = The person can look up subscriptions and complaints. They get an e-mail with their identifier and a link to choose a password; you get a confirmation.
subscriber-yes-NONE = NO
subscriber-yes-SUBSCRIBER = YES, subscriber: sees what concerns them
subscriber-yes-ADMINISTRATOR = YES, administrator: sees all your subscribers
subscriber-create = Create the subscriber
address-look = Continue with this country
address-example = Postal code, for example: { $x }
stands = Meanwhile somebody saved: { $x }
stands-empty = Meanwhile somebody emptied this field.
address-set-lead = For holidays or a move: the address counts on these days, then the one before it comes back.
address-first-day = First day
address-last-day = Last day
address-days-hint = Without a first day: from today. Without a last day: for good.
told-subscriber-added = The subscriber is created.
told-subscriber-edited = The details are changed.
told-subscriber-login-opened = The account is created: an e-mail goes to the subscriber, and a confirmation to you.
told-subscriber-login-closed = The account is closed.
told-subscriber-address-set = The address is saved.
told-subscriber-link-sent = A new link is on its way.

# Exporting.
export-what = { $n ->
    [one] The file holds { $n } subscriber, in eight columns:
   *[other] The file holds { $n } subscribers, in eight columns:
 }
export-what-capped = The file holds more than { $n } subscribers, in eight columns:
export-id = Identifier (ID)
export-company = Company
export-noted = The history notes who exported the list, and when.
export-confirm = Confirm that it is you
export-csv = CSV
export-xlsx = Download for Excel
