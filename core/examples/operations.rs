//! Prints the tables of all operations as JSON, by cloud: what the typings of the npm package are made from.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use imgferry::Cloud;
use imgferry::api::json::{Object, list};

fn main() {
    let mut clouds = Object::new();
    for cloud in Cloud::ALL {
        clouds.set(cloud.as_str(), list(cloud.operations(), |operation| operation.to_value()));
    }
    println!("{}", clouds.value());
}
