# Complaints.
claim = Complaint
claim-state = State
claim-on = Subscription concerned
claim-changed = Changed
claim-status-OPEN = Open
claim-status-ANSWERED = Answered
claim-status-CLOSED = Closed
claims-all = All
claims-many-OPEN = Open
claims-many-ANSWERED = Answered
claims-many-CLOSED = Closed
claims-count = { $n ->
    [one] { $n } complaint
   *[other] { $n } complaints
 }
claims-count-capped = More than { $n } complaints
claims-first = No complaint
claims-first-text = When an issue does not come or something is wrong, the complaint is opened on the contact's sheet and followed here.
claims-none = No complaint in this state
claims-see-all = See all complaints
claim-close = Close the complaint
claim-answer = Answer
claim-answer-text = Your answer
claim-answer-hint = The complaint becomes “Answered”.
claim-reopen = Open again
claim-reopen-text = Why open it again?
claim-closed-by-mistake = Closed by mistake.
claim-step-OPENED = opened the complaint
claim-step-ANSWERED = answered
claim-step-CLOSED = closed the complaint
claim-step-REOPENED = opened the complaint again
claim-open = Open a complaint
claim-no-subscription = This contact has no subscription: a complaint is about a subscription.
claim-issue = Issue that was to come
claim-issue-none = No issue in particular
claim-issue-due = { $x }, due on { $y }
claim-address = It was to come to this address:
claim-text = What is wrong
claim-fill = Fill in again
person-subscriptions-none = No subscription
person-subscriptions-none-text = The subscriptions that count for this contact appear here.
person-claims-none-text = This contact has reported nothing.
told-claim-opened = The complaint is open.
told-claim-answered = The answer is recorded.
told-claim-closed = The complaint is closed.
told-claim-reopened = The complaint is open again.
