//! What callers see: the whole service, asked through GraphQL and HTTP, on SQLite and, where `TEST_POSTGRES_URL` names a server, on PostgreSQL. A test is
//! named after the row of the feature list that it keeps.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod accesses;
mod app;
mod asked_again;
mod audit;
mod bad_input;
mod browser;
mod canary;
mod choosing;
mod contacts;
mod customer_service;
mod deliveries;
mod doors;
mod emails;
mod ending;
mod entering;
mod erp;
mod erp_emails;
mod erp_files;
mod erp_pulls;
mod erp_records;
mod guarding;
mod http;
mod identity_provider;
mod import_callers;
mod import_people;
mod imports;
mod isolation;
mod journeys;
mod languages;
mod linking;
mod live;
mod live_readers;
mod logins;
mod mailed_links;
mod mailing;
mod mails;
mod members;
mod methods;
mod modes;
mod pages;
mod pages_claims;
mod pages_products;
mod pages_subscriptions;
mod past;
mod people_then;
mod place;
mod portal;
mod privacy;
mod provider;
mod provider_attacks;
mod receiver;
mod requests;
mod retries;
mod schema;
mod second_factor;
mod sheet;
mod signing_in;
mod slow_receivers;
mod smtp;
mod statements;
mod subscribers;
mod subscriptions;
mod sweep;
mod tokens;
mod told;
mod users;
mod verdicts;

#[expect(dead_code, reason = "made for every kind of test; this one needs a part of it")]
#[path = "../support/databases.rs"]
mod databases;
