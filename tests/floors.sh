# The rooms of src and their floors: those of a higher floor know those below it (docs/architecture.md). Sourced by tests.
floor() {
    case $1 in
        base) echo 0 ;; kernel | table | score) echo 1 ;; net | read | prepare) echo 2 ;; op) echo 3 ;; plan | file) echo 4 ;;
        predict) echo 5 ;; train) echo 6 ;; product) echo 7 ;; run) echo 8 ;; *) echo 9 ;;
    esac
}
