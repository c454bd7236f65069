#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| imgferry_fuzz::investigate(input));
