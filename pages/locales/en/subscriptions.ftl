# The account's subscriptions.
set-subscription = Set subscription
subscription-type = Type of subscription
subscription-type-exact = Exact type, such as: Annual
subscription-product = Product
subscription-state = State
subscription-contacts = Contacts
subscription-period = Period
subscription-payment = Payment
subscription-recorded = Recorded
subscription-cancelled = Cancelled
subscriptions-count = { $n ->
    [one] { $n } subscription
   *[other] { $n } subscriptions
 }
subscriptions-count-capped = More than { $n } subscriptions
subscriptions-first = No subscription yet
subscriptions-first-text = A subscription says which product was bought, from when to when, and for which contacts. It opens the product to them while it runs.
subscriptions-no-result = No subscription matches
subscriptions-no-result-text = Take a filter away above. A type is looked for as a whole, as you write it.
subscriptions-further = Nothing on this page: it goes on with the next one.
standing-SCHEDULED = To come
standing-RUNNING = Running
standing-PAUSED = Paused
standing-CANCELLED = Cancelled
standing-ENDED = Ended
billing-RECURRING = Renews
billing-ONE_OFF = Bought once
billing-hint-RECURRING = Until it is cancelled.
billing-hint-ONE_OFF = For one period, and no more.
payment-PAID = Paid
payment-PAST_DUE = Late
payment-FAILED = Failed
payment-hint-PAID = The payment is in order.
payment-hint-PAST_DUE = Access stays open for the account's days of grace.
payment-hint-FAILED = Automatic access closes.
payment-none = Nothing recorded
payment-since = since
period-for-good = for good
subscription-nobody = No contact
subscription-nobody-text = Add the contacts that this subscription counts for: the product is open to them while it runs.
subscription-claims = { $n ->
    [one] { $n } open complaint
   *[other] { $n } open complaints
 }
subscription-pause = Pause
subscription-resume = Resume
subscription-renew = Renew
subscription-cancel = Cancel the subscription
subscription-keep = Keep the subscription
subscription-starts = First day
subscription-starts-hint = The subscription has ended: from when on does it run again?
subscription-ends = Last day
subscription-ends-hint = Leave empty for a subscription without end.
subscription-cancel-title = Cancel the subscription “{ $x }”?
subscription-cancel-counts = { $n ->
    [0] It counts for no contact.
    [one] It counts for { $n } contact.
   *[other] It counts for { $n } contacts.
 }
subscription-cancel-text = The days that were bought stay open; it renews no more. It can be renewed later.
subscription-cancel-text-today = It has no end: it stops tonight unless you choose another day. It can be renewed later.
subscription-cancel-on = Last day
subscription-cancel-on-hint = Leave empty for the end of what was bought.
stands-now = Recorded meanwhile:
payment-record = Record a payment
payment-state = Where does the payment stand?
payment-at = Since
payment-at-hint = The newest fact wins, in whatever order you record them.
payment-id = Reference of the payment
payment-id-hint = The one your payment system has. The same one twice counts once. Empty: we give one.
detach = Detach
detach-of = Detach { $x } from this subscription
told-subscription-paused = The subscription is paused: it opens nothing.
told-subscription-resumed = The subscription runs again.
told-subscription-renewed = The subscription is renewed.
told-subscription-cancelled = The subscription is cancelled.
told-payment-recorded = The payment is recorded.
told-contact-detached = The contact is detached from the subscription.
told-contact-attached = The contact is attached to the subscription.
told-contacts-submitted = The contacts are added.
told-subscription-started = The subscription is recorded.

# How contacts come to a subscription.
add-contact = Add a contact
add-contacts = Add contacts
add-contacts-step = Add contacts
by-user = By user
by-user-text = Look for the person first, by their e-mail address. Then choose the customer number and the subscription.
submit = Submit
step-back = Back
ways-text = Nothing is recorded before the last “Submit”.
ways-new = New subscription
ways-new-text = You say what was bought, then for which contacts.
ways-user-text = You begin with a person, then choose the customer number and one of its subscriptions.
terms-title = Set subscription
terms-text = What was bought. Contacts come in the next step.
terms-type-hint = The name you give it: Annual, Discovery, Institution…
terms-billing = Billing
terms-delivered = Delivered: it needs a contact with a complete address.
terms-starts-hint = Empty: today.
terms-ends-hint = Empty: without end.
pick-search = Look for a contact by e-mail or by name
pick-legend = Contacts of this customer number
pick-nobody = This account has no contact yet.
pick-no-result = No contact of this customer number matches “{ $x }”.
pick-attached = Attached already
pick-more = More contacts follow: look for them by e-mail or by name.
staged-list = Contacts made ready
staged-new = new
staged-known = of the account
staged-drop-of = Take { $x } out
staged-fix-of = Edit { $x }
new-contact = Add a contact
new-contact-text = Search once more with the same address: beyond this customer number only the exact address is known.
find-search = E-mail address
find-without = This person has no e-mail address
find-take = Choose
find-type = Type an e-mail address.
find-none = No result for “{ $x }” in this account.
find-elsewhere = A contact elsewhere: { $x }, at { $y }
find-fill = Fill in all the fields
find-one-of = A last name, a first name or a company at least.
find-address = Address
find-address-hint = optional
by-user-title = Customer number and subscription
by-user-ready = { $n ->
    [one] { $n } contact is ready.
   *[other] { $n } contacts are ready.
 }
by-user-number = Customer number
by-user-others = For another customer number switch accounts first: what was made ready here stays behind.
by-user-subscription = Subscription of the account
by-user-none = This customer number has no subscription yet.
by-user-more = Only the newest are shown. For an older one, open it and add the contacts there.
journey-confirm-title = Confirm the contacts
confirm-nobody = Choose or add one contact at least.
confirm-count = { $n ->
    [one] { $n } contact will be attached.
   *[other] { $n } contacts will be attached.
 }
confirm-new = { $n ->
    [one] { $n } is new.
   *[other] { $n } are new.
 }
confirm-mailed = { $n ->
    [one] { $n } will get an e-mail to verify their address.
   *[other] { $n } will get an e-mail to verify their address.
 }
