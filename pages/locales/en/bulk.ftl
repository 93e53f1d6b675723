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

# All that match, where they are more than one form.
bulk-all-chosen = { $n ->
    [one] { $n } contact matches
   *[other] { $n } contacts match
 }
bulk-all-suspends = { $n ->
    [one] { $n } access no longer opens, whatever was paid.
   *[other] { $n } accesses no longer open, whatever was paid.
 }
bulk-all-deletes = { $n ->
    [0] No access is lost with them.
    [one] { $n } access is lost with them.
   *[other] { $n } accesses are lost with them.
 }
bulk-all-final = A deletion cannot be taken back. Whoever has a live subscription is not deleted, and the report says so.
bulk-all-without = { $n ->
    [one] { $n } contact does not have this access and stays as it is.
   *[other] { $n } contacts do not have this access and stay as they are.
 }
bulk-all-pieces = This is done in pieces, and goes on where you close the page. Whoever was changed meanwhile is left out and named.
bulk-all-progress = { $x } of { $y }: under way.
bulk-all-undoing = { $x } of { $y } taken back: under way.
bulk-all-held = The service has much to do: the rest follows in a few seconds.
bulk-all-leave = You may close this page: the service goes on by itself, and the list of contacts leads back here.
bulk-all-alone = The service goes on by itself.
bulk-all-go = Go on
bulk-all-stop = Stop here
bulk-all-undo = Take back what was done
bulk-all-mails-stay = E-mails that were sent do not come back.
bulk-all-waiting = { $n ->
    [one] { $n } was not dealt with.
   *[other] { $n } were not dealt with.
 }
bulk-all-undone = { $n ->
    [one] { $n } was taken back.
   *[other] { $n } were taken back.
 }
bulk-all-kept = { $n ->
    [one] { $n } could not be.
   *[other] { $n } could not be.
 }
bulk-all-more = More
bulk-all-under-way = An act on several contacts has not ended.
bulk-all-doing = Under way
