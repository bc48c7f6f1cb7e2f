#![no_main]

libfuzzer_sys::fuzz_target!(init: hipaa_binder_fuzz::on_one_thread(), |data: &[u8]| {
    hipaa_binder_fuzz::import(data)
});
