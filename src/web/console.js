// Starts GraphiQL on the page of src/web/graphiql.rs. The token stays in this tab (sessionStorage) and so do the queries.

const { React, ReactDOM, GraphiQL } = window;
const main = document.getElementById("graphiql");
const form = document.getElementById("access");
const token = document.getElementById("token");
const language = document.getElementById("language");
const store = window.sessionStorage;
const { endpoint, welcome } = main.dataset;

token.value = store.getItem("sesame:token") ?? "";
language.value = store.getItem("sesame:language") ?? language.value;

function fetcher(bearer, answers) {
  return async (params, options) => {
    const headers = {
      "Content-Type": "application/json",
      "Accept": "application/graphql-response+json, application/json;q=0.9",
      "Accept-Language": answers,
      ...(bearer === "" ? {} : { "Authorization": `Bearer ${bearer}` }),
      ...options?.headers,
    };
    const response = await fetch(endpoint, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(params) });
    const type = response.headers.get("Content-Type") ?? "";
    if (!type.includes("json")) {
      throw new Error(`${response.status} ${response.statusText}`);
    }
    return response.json();
  };
}

const root = ReactDOM.createRoot(main);
let uses = 0;

// A new key starts GraphiQL afresh, so that it reads the schema again with the new token.
function show() {
  const bearer = token.value.trim();
  uses += 1;
  root.render(React.createElement(GraphiQL, {
    key: uses,
    fetcher: fetcher(bearer, language.value),
    storage: store,
    defaultQuery: welcome,
    shouldPersistHeaders: false,
  }));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  store.setItem("sesame:token", token.value.trim());
  store.setItem("sesame:language", language.value);
  show();
});

show();
