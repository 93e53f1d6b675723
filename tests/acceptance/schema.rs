//! The schema itself: as committed, and with every fixed name.

use crate::place::everywhere;
use serde_json::json;

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let committed = include_str!("../../schema.graphql");
    assert!(committed == sesame::graphql::sdl(), "run `cargo run -- schema > schema.graphql` and look at what changed");
}

/// Field → the arguments or fields it must have. The names are promised to callers.
#[test]
fn the_names_that_were_promised_stand() {
    let sdl = sesame::graphql::sdl();
    let body = |kind: &str| {
        let start = sdl.find(&format!("\n{kind} ")).unwrap_or_else(|| panic!("no {kind}"));
        sdl[start..].split_once("\n}").unwrap().0.to_owned()
    };
    for (kind, names) in [
        (
            "type Query",
            "viewer node account contact contacts product products subscribers accessDecision auditTrail claims claimDraft deletionRequests portal impact",
        ),
        (
            "type Mutation",
            "openAccount renameAccount setPolicies createProduct renameProduct setModules setOrderEmail archiveProduct restoreProduct \
             addContact editContact setDeliveryAddress deleteContact eraseContact grantAccess editAccess setAccessMode setOpening \
             advanceAccess removeAccess startSubscription renewSubscription pauseSubscription resumeSubscription cancelSubscription \
             attachContact detachContact recordPayment \
             requestVerification verifyEmail recordBounce requestDeletion approveDeletion rejectDeletion openPortalAccount closePortalAccount \
             openClaim answerClaim closeClaim reopenClaim",
        ),
        (
            "type Contact",
            "id version kind profile status firstName lastName companyName email emailVerified phone fax address createdAt deletedAt \
             erased externalId accesses subscriptions claims registration portalAccount auditTrail",
        ),
        (
            "type Access",
            "id version product mode opening origin grantedAt orderedOn anchor accessibleSince opensAt decision",
        ),
        ("type AccessDecision", "open reason opensAt accessibleSince trace modules"),
        ("type GateVerdict", "gate passed detail event"),
        ("type ModuleOpening", "module open opensAt"),
        ("type Anchor", "kind at"),
        ("type Opening", "kind by unit date"),
        (
            "type AuditEntry",
            "position at type sentence actor onBehalfOf origin commandId correlationId changes contact",
        ),
        ("type FieldChange", "field before after"),
        ("type UserError", "code field message"),
        ("input ContactFilter", "search email profile status kind productId mode hasEmail registration"),
        ("input AuditFilter", "contactId productId actorId types origin from to"),
        ("input OpeningInput", "fromOrderDate full advanced fromDate"),
        ("input AddressInput", "line1 line2 line3 postalCode city country"),
        ("input ModuleInput", "id name opensAfterDays"),
        (
            "input GrantAccessInput",
            "contactId productId mode opening orderedOn sendOrderEmail idempotencyKey clientMutationId",
        ),
        (
            "input EditAccessInput",
            "contactId productId mode opening orderedOn expectedVersion idempotencyKey clientMutationId",
        ),
        ("input SetPoliciesInput", "accountId timeZone graceDays deletionPolicy registrationPolicy"),
        ("input CreateProductInput", "accountId name delivered dripClock modules orderEmail"),
        (
            "input AddContactInput",
            "accountId kind firstName lastName companyName email phone fax address portalAccount",
        ),
        ("input StartSubscriptionInput", "contactId productId type billing startsOn endsOn"),
        ("input RecordPaymentInput", "subscriptionId state occurredAt eventId"),
        ("type GrantAccessPayload", "contact access userErrors warnings position clientMutationId"),
        ("type ContactConnection", "edges pageInfo totalCount"),
    ] {
        let body = body(kind);
        for name in names.split_whitespace() {
            let stands = body.lines().any(|line| {
                let line = line.trim_start();
                line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '(']))
            });
            assert!(stands, "{kind} lost {name}");
        }
    }
    assert!(sdl.contains("input OpeningInput @oneOf"));
    for scalar in ["scalar DateTime", "scalar Date", "scalar Position"] {
        assert!(sdl.lines().any(|line| line == scalar), "{scalar}");
    }
}

#[tokio::test]
async fn the_console_s_introspection_runs() {
    for place in everywhere().await {
        let query = include_str!("../fixtures/graphiql_introspection.graphql");
        let data = place.data(query, json!({})).await;
        assert!(data["__schema"]["types"].as_array().unwrap().len() > 80);
    }
}
