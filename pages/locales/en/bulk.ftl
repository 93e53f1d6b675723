# Acting on several contacts at once.
bulk-title = Act on several contacts
bulk-chosen = { $n ->
    [one] { $n } contact chosen
   *[other] { $n } contacts chosen
 }
bulk-text = Nothing is done before the next page, which counts what the act changes.
bulk-what = What is to be done?
bulk-act-GRANT = Give access
bulk-act-ACTIVATE = Activate the access
bulk-act-SUSPEND = Suspend the access
bulk-act-DELETE = Delete the contacts
bulk-hint-GRANT = Whoever has it keeps it as it is.
bulk-hint-ACTIVATE = Open for good, whatever the payments, to whoever has this access.
bulk-hint-SUSPEND = Closed, whatever the payments, to whoever has this access.
bulk-hint-DELETE = The sheets leave the lists.
bulk-product-hint = Which product it is about, unless contacts are deleted.
bulk-mail-hint = Every contact that is given access gets the product's order e-mail.
bulk-look = See what it changes
bulk-act-missing = Choose what is to be done.
bulk-product-missing = Choose a product.
bulk-title-GRANT = { $n ->
    [one] Give access to { $x } to { $n } contact?
   *[other] Give access to { $x } to { $n } contacts?
 }
bulk-title-ACTIVATE = { $n ->
    [one] Activate the access to { $x } of { $n } contact?
   *[other] Activate the access to { $x } of { $n } contacts?
 }
bulk-title-SUSPEND = { $n ->
    [one] Suspend the access to { $x } of { $n } contact?
   *[other] Suspend the access to { $x } of { $n } contacts?
 }
bulk-title-DELETE = { $n ->
    [one] Delete { $n } contact?
   *[other] Delete { $n } contacts?
 }
bulk-nobody = There is nothing to change for these contacts.
bulk-mails = { $n ->
    [one] { $n } order e-mail is sent.
   *[other] { $n } order e-mails are sent.
 }
bulk-no-mail = No e-mail is sent.
bulk-closes = { $n ->
    [0] This access is open to none of them now.
    [one] This access is open to { $n } of them now: it closes at once.
   *[other] This access is open to { $n } of them now: it closes at once.
 }
bulk-activates = The access does not depend on payments any more.
bulk-closes-products = { $n ->
    [0] No product closes.
    [one] { $n } product that is open, or will be, closes.
   *[other] { $n } products that are open, or will be, close.
 }
bulk-claims-stay = { $n ->
    [one] { $n } complaint stays open.
   *[other] { $n } complaints stay open.
 }
bulk-does = { $n ->
    [one] { $n } contact changes
   *[other] { $n } contacts change
 }
bulk-same = { $n ->
    [one] For { $n } contact it is so already
   *[other] For { $n } contacts it is so already
 }
bulk-cannot = { $n ->
    [one] For { $n } contact it cannot be done
   *[other] For { $n } contacts it cannot be done
 }
bulk-gone = This contact is not in the account any more.
bulk-not-granted = This contact does not have this access.
bulk-report = What was done
bulk-done-GRANT = { $n ->
    [0] No access was given.
    [one] { $n } access given.
   *[other] { $n } accesses given.
 }
bulk-done-ACTIVATE = { $n ->
    [0] No access was activated.
    [one] { $n } access activated.
   *[other] { $n } accesses activated.
 }
bulk-done-SUSPEND = { $n ->
    [0] No access was suspended.
    [one] { $n } access suspended.
   *[other] { $n } accesses suspended.
 }
bulk-done-DELETE = { $n ->
    [0] No contact was deleted.
    [one] { $n } contact deleted.
   *[other] { $n } contacts deleted.
 }
bulk-refused = { $n ->
    [one] { $n } refused.
   *[other] { $n } refused.
 }
bulk-why = Why
bulk-to-list = Back to the list
bulk-too-many = { $n } contacts are too many at once
bulk-too-many-text = An act is about { $n } contacts at most. Narrow the list by a filter, or import a file of these contacts: an import shows what it will do, goes on in lots and can be undone.
bulk-none = No contact is chosen
bulk-none-text = Tick rows of the list, then try again.

# In the list.
pick = Choose { $x }
pick-column = Choice
pick-page = Choose the whole page
pick-act = Act on the chosen contacts
pick-all = { $n ->
    [one] Select the { $n } that matches
   *[other] Select all { $n } that match
 }
pick-narrow = To act on all at once, narrow the list to { $n } contacts at most.
