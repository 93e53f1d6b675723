# What is kept about a person: handing it out, erasing it.
personal = Personal data
personal-hand-out = Hand the person what is kept about them
personal-hand-out-text = Their sheet, addresses, accesses, subscriptions, complaints, sign-ins, and their whole history. That it was handed out is noted in the history.
personal-read = Document to read and print
personal-take = JSON file
personal-erase = Erase the person
personal-erase-text = Their data become unreadable everywhere, at every date, and nothing brings them back. The history keeps what happened, without saying to whom.
personal-erase-do = Erase for ever
personal-erased-text = This person's data were erased. What happened stays in the history, under a pseudonym.
erase-title = Erase { $x } for ever?
erase-text = Nobody will be able to read name, addresses, telephone and messages any more. This cannot be undone.
told-erased = The person's data were erased.
receipt = Receipt of the erasure
receipt-erased = Erased
receipt-checked = Checked
receipt-values = Values searched for
receipt-shared = { $n ->
    [one] { $n } of them somebody else has too, which proves nothing
   *[other] { $n } of them others have too, which proves nothing
}
receipt-places = Where it was looked
receipt-place = Place
receipt-looked = Looked at
receipt-found = Found
receipt-out-of-reach = Out of the service's reach, to be checked by whoever runs it:
receipt-none-yet = The service is still cleaning the files of its database, and then looks there for what may be left: a few seconds, an hour at most.
receipt-verdict-CLEAN = Nothing is left.
receipt-verdict-NO_KEY_NO_ROW = No key and no row is left.
receipt-verdict-FOUND = Something is left.
receipt-says-CLEAN = Every value was searched for everywhere, and none was found.
receipt-says-NO_KEY_NO_ROW = The service had been started anew before it looked: the values were no longer there to compare.
receipt-says-FOUND = The table says where; tell whoever runs the service.
look-again = Look again
