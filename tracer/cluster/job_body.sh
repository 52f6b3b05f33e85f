# Above are the settings of this run. From here on the script is the same for every run: tracer/cluster/job_body.sh.

job=${SLURM_JOB_ID:-$$}
restart=${SLURM_RESTART_COUNT:-0}

say() { printf '[job] %s\n' "$*"; }

# Whole or not at all: a file appears under its name when it is written.
put() { printf '%s\n' "$2" >"$run/.$1.$job.tmp" && mv -f "$run/.$1.$job.tmp" "$run/$1"; }

finish() {
    put exit_code "$job $restart $1"
    exit "$1"
}

missing() {
    say "This went wrong before the lecture could start: $1"
    finish 1
}

cd "$run/code" || exit 1

# A submission that was thought lost, and was not, must not run the lecture twice. A job that Slurm starts again may.
if ! (set -o noclobber && printf '%s\n' "$job $restart" >"$run/started") 2>/dev/null; then
    first='' before=''
    [ ! -e "$run/started" ] || read -r first before <"$run/started"
    if [ -z "$first" ]; then # made, but not written to
        put started "$job $restart" || missing "nothing can be written in $run: is the disk of \`root\` full?"
    elif [ "$first" != "$job" ]; then
        say "Job $first runs this already; job $job leaves it alone."
        exit 0
    else
        say "Slurm starts this job again (restart $restart): the lecture begins anew."
        mkdir -p "$run/earlier/$before"
        for left in var/traces var/files; do [ -e "$left" ] && mv "$left" "$run/earlier/$before/"; done
        rm -f "$run/exit_code" "$run/warned" "$run/stop"
        put started "$job $restart"
    fi
fi

mkdir -p var/traces
for cache in "${caches[@]}"; do
    mkdir -p "$root/shared/$cache" "$(dirname "$cache")"
    [ -e "$cache" ] || ln -sfn "$root/shared/$cache" "$cache"
done

prepare
[ -z "${SLURM_JOB_ID:-}" ] || export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$cpus_per_rank}
command -v "$python" >/dev/null || [ "${#container[@]}" -gt 0 ] || missing "env.python: there is no $python on $(hostname)."

master() {
    if [ -n "${SLURM_JOB_NODELIST:-}" ]; then
        export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
    else
        export MASTER_ADDR=127.0.0.1
    fi
    export MASTER_PORT=$((20000 + job % 10000))
}

# Ranks are told where rank 0 is, and look for nothing; when one fails, the others are ended.
start() {
    case $launch in
    python) exec "${container[@]}" "$python" "${arguments[@]}" ;;
    srun)
        master
        exec srun --kill-on-bad-exit=1 --wait=60 --label bash -c '
            export RANK=$SLURM_PROCID WORLD_SIZE=$SLURM_NTASKS LOCAL_RANK=$SLURM_LOCALID
            export LOCAL_WORLD_SIZE=$SLURM_NTASKS_PER_NODE GROUP_RANK=$SLURM_NODEID
            exec "$@"' rank "${container[@]}" "$python" "${arguments[@]}"
        ;;
    torchrun)
        master
        agent=("${container[@]}" "$python" -m torch.distributed.run --nnodes="${SLURM_NNODES:-1}" --nproc-per-node="$ranks_per_node"
            --master-addr="$MASTER_ADDR" --master-port="$MASTER_PORT" --max-restarts=0)
        [ -n "${SLURM_JOB_NODELIST:-}" ] || exec "${agent[@]}" --node-rank=0 "${arguments[@]}"
        exec srun --kill-on-bad-exit=1 --wait=60 --ntasks-per-node=1 bash -c '
            agent=("${@:1:$0}") script=("${@:$0+1}")
            exec "${agent[@]}" --node-rank="$SLURM_NODEID" "${script[@]}"' "${#agent[@]}" "${agent[@]}" "${arguments[@]}"
        ;;
    esac
}

warned() {
    say "The time limit of this job is near: the lecture is stopped, and its trace written."
    put warned "$job $restart"
    put stop "$time_limit"
}

# bash heeds signals between commands alone, so that the lecture runs beside it.
trap warned USR1
trap 'kill -TERM "$payload" 2>/dev/null' TERM INT HUP
say "Lecture starts on $(hostname) (job $job)."
start &
payload=$!

# A node keeps what is written through memory to itself for half a minute; the login node is to see the journal grow.
if [ "$flush_seconds" -gt 0 ]; then
    while sleep "$flush_seconds" && kill -0 $$; do sync var/traces/*.journal; done >/dev/null 2>&1 &
    flusher=$!
fi

while :; do
    wait "$payload"
    code=$?
    kill -0 "$payload" 2>/dev/null || break
done
[ -z "${flusher:-}" ] || kill "$flusher" 2>/dev/null
[ "$code" = 0 ] || say "Exit status $code."
finish "$code"
