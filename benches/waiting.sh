# Words and waiting of the scripts that start peers; sourced with `name` set.

say() { echo "$name: $*" >&2; }

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Until something listens on a port of loopback; up to 20 s.
wait_for() {
    for _ in $(seq 200); do
        answers "$1" && return 0
        sleep 0.1
    done
    return 1
}
