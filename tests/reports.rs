//! The stock templates of the payments catalog.

use measurand::Dialect;
use measurand::report::ReportBuilder;
use measurand_tests::support::payments::compiler;

#[test]
fn the_stock_templates_are_sound() {
    let reports = ReportBuilder::new(compiler(Dialect::Postgres));
    if let Err(errors) = reports {
        panic!("{errors}");
    }
}
