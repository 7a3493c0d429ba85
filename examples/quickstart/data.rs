//! A small processor of card payments, made up: two tenants, half a year of orders by day, campaign,
//! product, gateway, card and affiliate. The same rows on every run.
//!
//! As in real data, some campaigns have lost their name, some rows have no campaign or affiliate,
//! and days without orders are missing.

use rusqlite::{Connection, params};

/// What the relations look like; `ATTACH` gives SQLite the schemas of the catalog.
const SCHEMA: &str = "
    ATTACH ':memory:' AS reporting;
    ATTACH ':memory:' AS public;
    CREATE TABLE public.campaigns (
        client_id INTEGER, campaign_id INTEGER, campaign_name TEXT, PRIMARY KEY (client_id, campaign_id));
    CREATE TABLE public.products (
        client_id INTEGER, product_id INTEGER, product_name TEXT, PRIMARY KEY (client_id, product_id));
    CREATE TABLE public.gateways (
        client_id INTEGER, gateway_id INTEGER, gateway_alias TEXT, PRIMARY KEY (client_id, gateway_id));
    CREATE TABLE public.bins (bin TEXT PRIMARY KEY, issuer TEXT);";

/// A tenant's orders: the columns of the catalog's source that the rows below fill.
const ORDERS: &str = "
    CREATE TABLE reporting.order_summary_{tenant} (
        client_id INTEGER, date TEXT, campaign_id INTEGER, product_id INTEGER, gateway_id INTEGER,
        bin TEXT, affid TEXT, sales_type TEXT, billing_cycle INTEGER, price_point NUMERIC,
        attempts_total INTEGER, attempts INTEGER, approvals INTEGER, net_approvals INTEGER,
        approvals_organic INTEGER, cancel INTEGER, revenue NUMERIC, cb INTEGER, cb_dollar NUMERIC,
        cb_organic INTEGER, refund INTEGER, refund_dollar NUMERIC)";

const INSERT: &str = "
    INSERT INTO reporting.order_summary_{tenant} VALUES
    (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";

/// The tenants.
pub(crate) const TENANTS: [i64; 2] = [1, 2];

/// The days: from this one on, this many.
const FIRST_DAY: &str = "2026-05-24";
/// How many days there are.
pub(crate) const DAYS: u32 = 180;

const CAMPAIGNS: [(i64, &str); 6] = [
    (101, "Spring Launch"),
    (102, "Retargeting"),
    (203, "Podcast"),
    (205, "Spring Launch"),
    (306, "Search Brand"),
    (410, "Partner Mail"),
];
/// A campaign that no table knows any more.
const LOST_CAMPAIGN: i64 = 999;
const PRODUCTS: [(i64, &str); 4] = [
    (40, "Starter Box"),
    (41, "Monthly Box"),
    (42, "Refill"),
    (43, "Gift Card"),
];
const GATEWAYS: [(i64, &str); 3] = [(1001, "North 1"), (1002, "North 2"), (1003, "Harbor")];
const BINS: [(&str, &str); 3] = [
    ("411111", "First Union"),
    ("520082", "Coastal"),
    ("601100", "Prairie"),
];
const AFFILIATES: [Option<&str>; 4] = [Some("news7"), Some("blogring"), Some("mail3"), None];
/// What a kind of sale is called, and its price in cents.
const SALES: [(&str, i64, i64); 3] = [
    ("Initials", 0, 2_450),
    ("Rebills", 1, 8_975),
    ("Straight Sales", 0, 5_900),
];

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn below(&mut self, sides: u64) -> u64 {
        // An xorshift generator; quality beyond looking mixed is not needed.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }

    /// How many of `count` happen to be chosen, each with `percent` in a hundred.
    fn of(&mut self, count: i64, percent: u64) -> i64 {
        (0..count).filter(|_| self.below(100) < percent).count() as i64
    }
}

/// Fills an empty database; `progress` is told after each day how many rows of orders there are.
///
/// # Errors
/// What SQLite reports.
pub(crate) fn fill(
    connection: &mut Connection,
    mut progress: impl FnMut(usize),
) -> rusqlite::Result<usize> {
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    for (bin, issuer) in BINS {
        transaction.execute("INSERT INTO public.bins VALUES (?1, ?2)", (bin, issuer))?;
    }
    let mut rows = 0;
    for tenant in TENANTS {
        fill_lookups(&transaction, tenant)?;
        transaction.execute_batch(&ORDERS.replace("{tenant}", &tenant.to_string()))?;
        fill_orders(&transaction, tenant, |more| {
            rows += more;
            progress(rows);
        })?;
    }
    // Rows of another tenant in a view that they do not belong in: the guard has to hold them back.
    rows += transaction.execute(
        "INSERT INTO reporting.order_summary_1 SELECT * FROM reporting.order_summary_2 LIMIT 500",
        [],
    )?;
    transaction.commit()?;
    Ok(rows)
}

/// The second tenant uses the same numbers for campaigns of its own.
fn fill_lookups(connection: &Connection, tenant: i64) -> rusqlite::Result<()> {
    let named = |name: &str| match tenant {
        1 => name.to_owned(),
        _ => format!("{name} (tenant {tenant})"),
    };
    for (table, rows) in [
        ("campaigns", &CAMPAIGNS[..]),
        ("products", &PRODUCTS),
        ("gateways", &GATEWAYS),
    ] {
        let insert = format!("INSERT INTO public.{table} VALUES (?1, ?2, ?3)");
        for (id, name) in rows {
            connection.execute(&insert, params![tenant, id, named(name)])?;
        }
    }
    Ok(())
}

fn fill_orders(
    connection: &Connection,
    tenant: i64,
    mut progress: impl FnMut(usize),
) -> rusqlite::Result<()> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ tenant.unsigned_abs());
    let mut insert = connection.prepare(&INSERT.replace("{tenant}", &tenant.to_string()))?;
    let mut day_of = connection.prepare("SELECT date(?1, '+' || ?2 || ' days')")?;
    for day in 0..DAYS {
        // The shop is closed on some days.
        if dice.below(30) == 0 {
            continue;
        }
        let date: String = day_of.query_row(params![FIRST_DAY, day], |row| row.get(0))?;
        let rows = 80 + dice.below(30) as usize;
        for _ in 0..rows {
            insert_order(&mut insert, &mut dice, tenant, &date)?;
        }
        progress(rows);
    }
    Ok(())
}

fn insert_order(
    insert: &mut rusqlite::Statement<'_>,
    dice: &mut Dice,
    tenant: i64,
    date: &str,
) -> rusqlite::Result<()> {
    let campaign = match dice.below(20) {
        0 => None,
        1 => Some(LOST_CAMPAIGN),
        _ => Some(pick(dice, &CAMPAIGNS).0),
    };
    let product = pick(dice, &PRODUCTS).0;
    let gateway = pick(dice, &GATEWAYS).0;
    let bin = pick(dice, &BINS).0;
    let affiliate = pick(dice, &AFFILIATES);
    let (sales_type, first_cycle, cents) = pick(dice, &SALES);
    let billing_cycle = first_cycle + first_cycle * dice.below(6) as i64;
    let attempts = 1 + dice.below(12) as i64;
    let approvals = dice.of(attempts, 62);
    let organic = dice.of(approvals, 80);
    let cb = dice.of(approvals, 2);
    let cb_organic = cb.min(dice.of(organic, 2));
    let refund = dice.of(approvals - cb, 6);
    // Prices are whole quarters of a dollar, which binary floating point adds up exactly.
    let dollars = |count: i64| (count * cents) as f64 / 100.0;
    insert.execute(params![
        tenant,
        date,
        campaign,
        product,
        gateway,
        bin,
        affiliate,
        sales_type,
        billing_cycle,
        dollars(1),
        attempts + dice.below(3) as i64,
        attempts,
        approvals,
        approvals - cb - refund,
        organic,
        dice.of(approvals, 10),
        dollars(approvals),
        cb,
        dollars(cb),
        cb_organic,
        refund,
        dollars(refund),
    ])?;
    Ok(())
}

#[expect(clippy::indexing_slicing, reason = "the lists above are not empty")]
fn pick<T: Copy>(dice: &mut Dice, from: &[T]) -> T {
    from[dice.below(from.len() as u64) as usize]
}
