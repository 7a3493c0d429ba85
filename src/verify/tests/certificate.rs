//! Certificates and parameters: what they say is so.

use super::{ALL, QUERIES, Subject, catalog, each_subject};
use crate::catalog::Catalog;
use crate::certificate::{BaseFilterGuard, Certificate, RuleForm, ScanPurpose};
use crate::compile::take_params;
use crate::context::{AccessType, Context, Tenant};
use crate::dialect::Dialect;
use crate::emit::emit;
use crate::expr::functions::Callee;
use crate::expr::render::render;
use crate::expr::{Call, Expr};
use crate::limits::Limits;
use crate::name::Name;
use crate::output::Note;
use crate::plan::{FilledGaps, plan};
use crate::request::Request;
use crate::resolve::resolve;
use crate::value::{DataType, Param};
use crate::verify::{Evidence, verify_values};

#[test]
fn a_certificate_says_what_is_so() {
    let mut refused = 0;
    let mut let_through = Vec::new();
    each_subject(|subject| {
        let mut damage = |what: &str, change: &dyn Fn(&mut Certificate) -> bool| {
            let mut certificate = subject.statement.certificate.clone();
            if !change(&mut certificate) {
                return;
            }
            assert_ne!(certificate, subject.statement.certificate, "{what}");
            match subject.check(subject.sql(), &certificate) {
                Ok(()) => let_through.push(format!("{}: {what}", subject.name)),
                Err(_) => refused += 1,
            }
        };
        damage("no scans", &|certificate| {
            certificate.scans.clear();
            true
        });
        for at in 0..subject.statement.certificate.scans.len() {
            damage("a scan less", &|certificate| {
                certificate.scans.remove(at);
                true
            });
            damage("a scan twice", &|certificate| {
                certificate.scans.insert(at, certificate.scans[at].clone());
                true
            });
            damage("a relation renamed", &|certificate| {
                certificate.scans[at].relation = "reporting.sales_2".to_owned();
                true
            });
            damage("another purpose", &|certificate| {
                certificate.scans[at].purpose = match &certificate.scans[at].purpose {
                    ScanPurpose::Facts(name) => ScanPurpose::Lookup(name.clone()),
                    ScanPurpose::Lookup(name) => ScanPurpose::Facts(name.clone()),
                    ScanPurpose::Joined(name) => ScanPurpose::Restricting(name.clone()),
                    ScanPurpose::Restricting(name) => ScanPurpose::Joined(name.clone()),
                };
                true
            });
            damage("no tenant", &|certificate| {
                certificate.scans[at].tenant.take().is_some()
            });
            damage("another tenant column", &|certificate| {
                let tenant = certificate.scans[at].tenant.as_mut();
                tenant
                    .map(|tenant| tenant.column = "t.secret".to_owned())
                    .is_some()
            });
            damage("another tenant parameter", &|certificate| {
                let tenant = certificate.scans[at].tenant.as_mut();
                tenant.map(|tenant| tenant.parameter += 1).is_some()
            });
            damage("no tenant parameter", &|certificate| {
                let tenant = certificate.scans[at].tenant.as_mut();
                tenant.map(|tenant| tenant.parameter = 0).is_some()
            });
            damage("a fence more or less", &|certificate| {
                certificate.scans[at].is_fenced ^= true;
                true
            });
            damage("no standing filter", &|certificate| {
                certificate.scans[at].base_filter.take().is_some()
            });
            damage("another standing filter", &|certificate| {
                let filter = certificate.scans[at].base_filter.as_mut();
                filter
                    .map(|filter| filter.predicate = "TRUE".to_owned())
                    .is_some()
            });
            damage("a standing filter elsewhere", &|certificate| {
                let filter = certificate.scans[at].base_filter.as_mut();
                filter.map(|filter| filter.is_outer ^= true).is_some()
            });
            for rule in 0..subject.statement.certificate.scans[at].rules.len() {
                damage("a rule less", &|certificate| {
                    certificate.scans[at].rules.remove(rule);
                    true
                });
                damage("a rule twice", &|certificate| {
                    let again = certificate.scans[at].rules[rule].clone();
                    certificate.scans[at].rules.push(again);
                    true
                });
                damage("a rule of another dimension", &|certificate| {
                    certificate.scans[at].rules[rule].dimension = Name::new("date").unwrap();
                    true
                });
                damage("a rule of the other kind", &|certificate| {
                    let kind = &mut certificate.scans[at].rules[rule].access_type;
                    *kind = match kind {
                        AccessType::Include => AccessType::Exclude,
                        AccessType::Exclude => AccessType::Include,
                    };
                    true
                });
                damage("a rule elsewhere", &|certificate| {
                    certificate.scans[at].rules[rule].is_outer ^= true;
                    true
                });
                damage("a rule on another value", &|certificate| {
                    let rule = &mut certificate.scans[at].rules[rule];
                    let is_written = !matches!(rule.form, RuleForm::Everything | RuleForm::Nothing);
                    rule.value = "t.attempts".to_owned();
                    is_written
                });
                damage("a rule that restricts nothing", &|certificate| {
                    let form = &mut certificate.scans[at].rules[rule].form;
                    std::mem::replace(form, RuleForm::Everything) != RuleForm::Everything
                });
                damage("a rule on NULL alone", &|certificate| {
                    let form = &mut certificate.scans[at].rules[rule].form;
                    std::mem::replace(form, RuleForm::NotNull) != RuleForm::NotNull
                });
                for change in [
                    (|list| list.parameter += 1) as fn(&mut crate::certificate::ListRef),
                    |list| list.parameter = 0,
                    |list| list.is_long ^= true,
                    |list| list.element = DataType::Uuid,
                ] {
                    damage(
                        "another list",
                        &|certificate| match &mut certificate.scans[at].rules[rule].form {
                            RuleForm::Listed { list, .. } | RuleForm::NotListed { list, .. } => {
                                change(list);
                                true
                            }
                            _ => false,
                        },
                    );
                }
                damage(
                    "NULL on the other side",
                    &|certificate| match &mut certificate.scans[at].rules[rule].form {
                        RuleForm::Listed { or_null, .. } | RuleForm::NotListed { or_null, .. } => {
                            *or_null ^= true;
                            true
                        }
                        _ => false,
                    },
                );
            }
        }
    });
    assert!(let_through.is_empty(), "{}", let_through.join("\n"));
    assert!(refused >= 400, "only {refused} damages");
}

#[test]
fn parameters_hold_what_the_context_says() {
    let catalog = catalog();
    let subject = Subject::new(&catalog, Dialect::Postgres, &QUERIES[2]);
    let certificate = &subject.statement.certificate;
    let access = &subject.context.access;
    let more = [access.as_slice(), &access[..1]].concat();
    let evidence = Evidence {
        plan: &subject.plan,
        order: &subject.statement.order,
        params: &subject.params,
        tenant: &subject.context.tenant,
        access: &subject.context.access,
        notes: &[],
    };
    verify_values(certificate, &evidence).unwrap();
    let other = Tenant::number(2).unwrap();
    let mut emptied = subject.params.clone();
    let mut shifted = subject.params.clone();
    shifted.rotate_left(1);
    let tenant_of_two = Context::from_json(r#"{"client_id": 2, "access": []}"#, &Limits::default());
    assert_eq!(tenant_of_two.unwrap().tenant, other);
    for param in &mut emptied {
        if let Param::List(list) = param {
            let element = list.element();
            *list = crate::value::ValueList::new(element, Vec::new()).unwrap();
        }
    }
    let mut order = subject.statement.order.clone();
    order.swap(0, 1);
    let damaged = [
        Evidence {
            tenant: &other,
            ..evidence
        },
        Evidence {
            access: &subject.context.access[..1],
            ..evidence
        },
        Evidence {
            access: &more,
            ..evidence
        },
        Evidence {
            params: &emptied,
            ..evidence
        },
        Evidence {
            params: &shifted,
            ..evidence
        },
        Evidence {
            params: &[],
            ..evidence
        },
        Evidence {
            order: &order,
            ..evidence
        },
        Evidence {
            order: &[],
            ..evidence
        },
    ];
    for (index, damaged) in damaged.iter().enumerate() {
        assert!(
            verify_values(certificate, damaged).is_err(),
            "damage {index}"
        );
    }
}

/// A tenant of the same kind and of the other are both another tenant.
#[test]
fn no_parameter_holds_another_tenant() {
    each_subject(|subject| {
        for other in [Tenant::number(2).unwrap(), Tenant::word("b").unwrap()] {
            let evidence = Evidence {
                tenant: &other,
                ..subject.evidence()
            };
            let found = verify_values(&subject.statement.certificate, &evidence);
            assert!(found.is_err(), "{}", subject.name);
        }
    });
}

/// What is damaged in a plan and, so that both agree, in its certificate.
type Change = fn(&mut Subject<'_>) -> bool;

/// A plan that lost a guard has a certificate without it: what then shows it are the catalog and the
/// context.
#[test]
fn a_plan_has_the_guards_of_the_catalog() {
    let changes: [(&str, Change); 10] = [
        ("no tenant", |subject| {
            subject.facts().tenant = None;
            subject.plan.legs[0].scan.tenant.take().is_some()
        }),
        ("another tenant column", |subject| {
            let secret = subject.plan.names.find("secret").unwrap();
            subject.facts().tenant.as_mut().unwrap().column = "t.secret".to_owned();
            subject.plan.legs[0].scan.tenant.as_mut().unwrap().column = secret;
            true
        }),
        ("no standing filter", |subject| {
            subject.facts().base_filter = None;
            subject.plan.legs[0].scan.base_filter.take().is_some()
        }),
        ("another relation", |subject| {
            subject.facts().relation = "reporting.sales_2".to_owned();
            subject.plan.legs[0].scan.relation = "reporting.sales_2".to_owned();
            true
        }),
        ("another relation in the plan alone", |subject| {
            subject.plan.legs[0].scan.relation = "reporting.sales_2".to_owned();
            true
        }),
        ("a rule less", |subject| {
            subject.facts().rules.pop();
            subject.plan.legs[0].scan.rules.pop().is_some()
        }),
        ("a fence more or less in the facts", |subject| {
            subject.facts().is_fenced ^= true;
            true
        }),
        ("a fence more or less in a lookup", |subject| {
            subject
                .lookup()
                .map(|scan| scan.is_fenced ^= true)
                .is_some()
        }),
        ("the facts twice", |subject| {
            let facts = subject.facts().clone();
            subject.statement.certificate.scans.push(facts);
            true
        }),
        ("a standing filter of a lookup", |subject| {
            let scan = subject.lookup();
            let filter = BaseFilterGuard {
                predicate: "TRUE".to_owned(),
                is_outer: false,
            };
            scan.map(|scan| scan.base_filter = Some(filter)).is_some()
        }),
    ];
    let catalog = catalog();
    for (what, change) in changes {
        let mut refused = 0;
        for query in &QUERIES {
            let mut subject = Subject::new(&catalog, Dialect::Postgres, query);
            if change(&mut subject) {
                let found = verify_values(&subject.statement.certificate, &subject.evidence());
                assert!(found.is_err(), "{}: {what}", subject.name);
                refused += 1;
            }
        }
        assert!(refused > 3, "{what} was tried {refused} times");
    }
}

/// Two parameters of one type are told apart by what the plan binds to them.
#[test]
fn numbers_stand_for_the_binds_of_the_plan() {
    let mut swapped = 0;
    each_subject(|subject| {
        let count = subject.types.len();
        let pairs = (0..count).flat_map(|low| (low + 1..count).map(move |high| (low, high)));
        for (low, high) in pairs.filter(|(low, high)| subject.types[*low] == subject.types[*high]) {
            let mut order = subject.statement.order.clone();
            order.swap(low, high);
            let evidence = Evidence {
                order: &order,
                ..subject.evidence()
            };
            let certificate = &subject.statement.certificate;
            let read = subject.read_with(subject.sql(), certificate, &order);
            let known = verify_values(certificate, &evidence);
            assert!(
                read.is_err() || known.is_err(),
                "{}: {low} and {high}",
                subject.name
            );
            swapped += 1;
        }
    });
    assert!(swapped > 50, "only {swapped}");
}

/// Of two lookups of one relation, the text has to read that of the dimension that is asked for; and rows are
/// those of the source that the plan has there.
#[test]
fn labels_and_rows_are_those_of_the_plan() {
    let mut changed = 0;
    each_subject(|subject| {
        let certificate = &subject.statement.certificate;
        for (position, scan) in certificate.scans.iter().enumerate() {
            let mut other = certificate.clone();
            other.scans[position].purpose = match &scan.purpose {
                ScanPurpose::Lookup(_) => ScanPurpose::Lookup(Name::placeholder()),
                ScanPurpose::Facts(_) => ScanPurpose::Facts(Name::placeholder()),
                ScanPurpose::Joined(_) => ScanPurpose::Joined(Name::placeholder()),
                ScanPurpose::Restricting(_) => ScanPurpose::Restricting(Name::placeholder()),
            };
            assert!(subject.read(subject.sql(), &other).is_err());
            changed += 1;
        }
    });
    assert!(changed > 20, "only {changed}");
}

/// Where text and certificate agree on another rule or standing filter than the plan has.
#[test]
fn a_certificate_promises_what_the_plan_has() {
    let mut changed = 0;
    let mut refused = |subject: &Subject<'_>, sql: String, certificate: &Certificate| {
        assert_ne!(sql, subject.sql(), "{}", subject.name);
        let read = subject.read(&sql, certificate);
        assert!(read.is_err(), "{}\n{sql}", subject.name);
        changed += 1;
    };
    each_subject(|subject| {
        let sql = subject.sql();
        for (position, scan) in subject.statement.certificate.scans.iter().enumerate() {
            for (at, rule) in scan.rules.iter().enumerate() {
                let behind = [
                    "= ANY",
                    "IN (SELECT unnest",
                    "IN (SELECT value",
                    "IS NULL",
                    "IS NOT NULL",
                ];
                for behind in behind {
                    let compared = format!("{} {behind}", rule.value);
                    if rule.value.is_empty() || !sql.contains(&compared) {
                        continue;
                    }
                    let mut other = subject.statement.certificate.clone();
                    other.scans[position].rules[at].value = "t.client_id".into();
                    let text = sql.replace(&compared, &format!("t.client_id {behind}"));
                    refused(subject, text, &other);
                }
            }
            if let Some(filter) = &scan.base_filter {
                let mut other = subject.statement.certificate.clone();
                let predicate = format!("({} OR TRUE)", filter.predicate);
                let text = sql.replace(&filter.predicate, &predicate);
                let guard = other.scans[position].base_filter.as_mut();
                guard.expect("it has one").predicate = predicate;
                refused(subject, text, &other);
            }
        }
    });
    assert!(changed > 40, "only {changed}");
}

/// What no expression may hold is refused even where the catalog's own text has it.
#[test]
fn a_plan_is_no_excuse() {
    let catalog = catalog();
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let sleep = Expr::Call(Call {
            function: Callee::User("pg_sleep".into()),
            arguments: vec![Expr::Number("10".into())],
            is_star: false,
            is_distinct: false,
            filter: None,
            within_group: None,
        });
        let Ok(text) = render(&sleep, dialect, &|_| None) else {
            panic!("it has a text");
        };
        let query = QUERIES.iter().find(|(name, ..)| *name == "plain").unwrap();
        let mut subject = Subject::new(&catalog, dialect, query);
        subject.plan.measures[0].text = &text;
        let statement = emit(&subject.plan);
        let read = subject.read(&statement.sql, &statement.certificate);
        let reason = read.unwrap_err().reason;
        assert!(reason.contains("`pg_sleep` is not on the list"), "{reason}");
    }
}

/// A rule may only be missing where the source is exempt from it, as a note of that source says.
#[test]
fn a_rule_is_missing_where_a_note_says_so() {
    const CATALOG: &str = r#"{
      "data_sources": [{"source_key": "rates", "view_pattern": "public.rates", "access_exempt": ["region"],
                        "metrics": "*", "dimensions": "*"}],
      "metrics": [{"metric_key": "rows", "sql_expression": "COUNT(*)"}],
      "dimensions": [{"dimension_key": "region", "column_expression": "region"},
                     {"dimension_key": "kind", "column_expression": "kind"}]
    }"#;
    let catalog = Catalog::from_json(CATALOG).unwrap_or_else(|errors| panic!("{errors}"));
    let limits = Limits::default();
    let request = Request::from_json(r#"{"metrics": ["rows"]}"#, &limits).unwrap();
    let context = r#"{"client_id": 1, "access": [
        {"dimension": "region", "access_type": "include", "allowed_values": ["a"]},
        {"dimension": "kind", "access_type": "include", "allowed_values": ["b"]}]}"#;
    let context = Context::from_json(context, &limits).unwrap();
    let mut resolved = resolve(&catalog, &request, &context).unwrap();
    let notes = std::mem::take(&mut resolved.notes);
    let mut plan = plan(&catalog, resolved, Dialect::Postgres).unwrap();
    let statement = emit(&plan);
    let params = take_params(&mut plan, &statement);
    let verified = |notes: &[Note]| {
        let evidence = Evidence {
            plan: &plan,
            order: &statement.order,
            params: &params,
            tenant: &context.tenant,
            access: &context.access,
            notes,
        };
        verify_values(&statement.certificate, &evidence).is_ok()
    };
    assert_eq!(notes.len(), 1);
    assert!(verified(&notes));
    assert!(!verified(&[]));
    assert!(!verified(&[notes[0].clone(), notes[0].clone()]));
    let of_another = Note::AccessExempt {
        source: Name::placeholder(),
        dimension: Name::placeholder(),
    };
    assert!(!verified(&[of_another]));
    let another = Note::DateRangeIgnored {
        source: Name::placeholder(),
    };
    assert!(!verified(&[another]));
}

/// The periods of filled gaps are the plan's own list, of its own type.
#[test]
fn periods_are_those_of_the_plan() {
    let (catalog, queries, _) = ALL[1];
    let catalog = Catalog::from_json(catalog).unwrap_or_else(|errors| panic!("{errors}"));
    let query = queries
        .iter()
        .find(|(name, ..)| *name == "gaps of dates alone");
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let changes: [fn(&mut FilledGaps); 2] = [
            |gaps| gaps.periods.values.0 += 1,
            |gaps| gaps.periods.element = DataType::Timestamp,
        ];
        for change in changes {
            let mut subject = Subject::new(&catalog, dialect, query.unwrap());
            let certificate = subject.statement.certificate.clone();
            assert!(subject.read(subject.sql(), &certificate).is_ok());
            change(subject.plan.gaps.as_mut().unwrap());
            assert!(subject.read(subject.sql(), &certificate).is_err());
        }
    }
}
