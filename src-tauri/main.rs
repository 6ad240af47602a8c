fn main() {
    patchbay_desktop::run()
}
