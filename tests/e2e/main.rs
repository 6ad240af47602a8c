//! Journeys in the real window, with the real keychain, browser and servers.
//!
//! One after the other, because an application with one window per session and a machine with two cores want it so.
//! `cargo xtask test e2e [name]` sets the stage and starts them; started otherwise this program only says so.

#[cfg(target_os = "linux")]
mod accessibility;
#[cfg(target_os = "linux")]
mod aws;
#[cfg(target_os = "linux")]
mod console;
#[cfg(target_os = "linux")]
mod custom;
#[cfg(target_os = "linux")]
mod custom_registrations;
#[cfg(target_os = "linux")]
mod device;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod inner_dialogs;
#[cfg(target_os = "linux")]
mod journey;
#[cfg(target_os = "linux")]
mod keyboard;
#[cfg(target_os = "linux")]
mod kinds;
#[cfg(target_os = "linux")]
mod kinds_document;
#[cfg(target_os = "linux")]
mod leaks;
#[cfg(target_os = "linux")]
mod lost_key;
#[cfg(target_os = "linux")]
mod managing;
#[cfg(target_os = "linux")]
mod pasting;
#[cfg(target_os = "linux")]
mod permissions;
#[cfg(target_os = "linux")]
mod reauthorizing;
#[cfg(target_os = "linux")]
mod refusals;
#[cfg(target_os = "linux")]
mod replies;
#[cfg(target_os = "linux")]
mod returning;
#[cfg(target_os = "linux")]
mod signing_in;
#[cfg(target_os = "linux")]
mod stage;
#[cfg(target_os = "linux")]
mod using_flow_files;
#[cfg(target_os = "linux")]
mod using_flow_impact;
#[cfg(target_os = "linux")]
mod using_flow_manifests;
#[cfg(target_os = "linux")]
mod using_flows;
#[cfg(target_os = "linux")]
mod window_opens;
#[cfg(target_os = "linux")]
mod without_a_browser;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    journey::run(&[
        window_opens::JOURNEYS,
        signing_in::JOURNEYS,
        pasting::JOURNEYS,
        device::JOURNEYS,
        managing::JOURNEYS,
        reauthorizing::JOURNEYS,
        without_a_browser::JOURNEYS,
        kinds::JOURNEYS,
        kinds_document::JOURNEYS,
        custom::JOURNEYS,
        custom_registrations::JOURNEYS,
        aws::JOURNEYS,
        returning::JOURNEYS,
        keyboard::JOURNEYS,
        lost_key::JOURNEYS,
        refusals::JOURNEYS,
        disk::JOURNEYS,
        permissions::JOURNEYS,
        using_flows::JOURNEYS,
        using_flow_files::JOURNEYS,
        using_flow_manifests::JOURNEYS,
        using_flow_impact::JOURNEYS,
        leaks::JOURNEYS,
        accessibility::JOURNEYS,
        inner_dialogs::JOURNEYS,
    ])
}

#[cfg(not(target_os = "linux"))]
fn main() {}
