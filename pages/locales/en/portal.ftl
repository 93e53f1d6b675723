# What a subscriber sees, or an administrator.
complain = Complain
complain-about = Complaint about { $x }
complain-issue = Issue
complain-whole = The whole subscription
complain-due = { $x }, due on { $y }
complain-look = Fill in for this issue
complain-where = It was to arrive at this address:
complain-text = What is wrong
complain-send = Send the complaint
told-complained = The complaint is sent.
told-complaint-settled = The complaint is closed.
portal-current = Current subscriptions
portal-none = No current subscription
portal-none-text = Your subscriptions with { $x } appear here.
portal-until = until { $x }
portal-over = { $n ->
    [one] { $n } subscription that ended
   *[other] { $n } subscriptions that ended
 }
portal-claims = Complaints
portal-no-claim = No open complaint.
portal-closed = { $n ->
    [one] { $n } closed complaint
   *[other] { $n } closed complaints
 }
portal-settle = It is settled, close
portal-move = To change the address, turn to { $x }.
portal-subscribers = Subscribers of { $x }
