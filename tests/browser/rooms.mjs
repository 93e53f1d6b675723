// The rooms of an account, as its rail has them, and pages under them that need no id.
export default ["home", "contacts", "contacts?q=zzzz", "contacts/add", "history", "history?about=CLAIMS", "history/who"];
