#!/bin/bash
# lab.sh DIR COMMAND…: runs a command beside a whole Slurm cluster, and leaves nothing of it behind but the files in DIR.
#
#   laptop 10.77.0.1    where COMMAND runs, as root with HOME=DIR/laptop and LAB=DIR; `ssh login` takes it to the cluster
#   login  10.77.0.10   sshd, slurmctld
#   n1, n2 10.77.0.11…  slurmd: 4 cores, 8 GB and 2 GPUs each, or so they say
#
# Hosts are nested namespaces of this machine. They share DIR/home, which the laptop does not see, and the user `student`.
# Ends when COMMAND does, with its exit status. DIR is new or empty: jobs of a lab before would come back.
#
# Settings, from the environment:
#   SEE            folders that `student` must be able to read, separated by colons (those of the Python on the PATH)
#   KILL_WAIT      seconds between a job's SIGTERM and its SIGKILL (2)
#   MIN_JOB_AGE    seconds for which Slurm remembers a job that ended (300)
#   CGROUPS        no: without memory limits, as where version 1 of cgroups cannot be written
#
# While it runs, in DIR/run: PID of a host's first process, seen from the laptop (laptop, login, n1, n2; all: whose mounts
# below DIR/home all of them but the laptop see); nodes, their names.
# A file that one makes there and takes away again: NAME.off keeps a host (login, n1, n2) off once its first process is killed,
# and controller.off the controller; without, they start again at once, as what fails in a real cluster does sooner or later.
set -eu
PATH=$PATH:/usr/sbin:/sbin

# ------------------------------------------------------------------------------- on the machine itself: what is there, and leave

if [ -z "${LAB_INSIDE:-}" ]; then
    [ $# -ge 2 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 2; }
    [ "$(id -u)" = 0 ] || { echo "lab.sh: only root can bring up the lab." >&2; exit 77; }
    for program in slurmctld slurmd sbatch munged sshd ssh rsync unshare nsenter ip; do
        command -v $program >/dev/null || { echo "lab.sh: $program is missing: sh scripts/slurm.sh" >&2; exit 77; }
    done
    unshare --net --mount --uts --ipc --pid --fork --mount-proc ip link add br0 type bridge 2>/dev/null ||
        { echo "lab.sh: this machine lets nobody make namespaces and a bridge between them." >&2; exit 77; }
    [ -z "$(ls -A "$1/state" 2>/dev/null)" ] || { echo "lab.sh: $1 has been a lab before: name another folder." >&2; exit 2; }
    mkdir -p "$1"

    # Of control groups there is but one tree, whatever the namespace: labs side by side have nodes of other names.
    for letter in n m p q r s t u v w x y; do
        exec 9>"/run/lock/lab-$letter"
        flock -n 9 && break
        [ $letter != y ] || { echo "lab.sh: a dozen labs are up already." >&2; exit 2; }
    done
    export NODE=$letter LAB_INSIDE=yes LAB="$(cd "$1" && pwd)"
    forget_groups() { find /sys/fs/cgroup/*/ -maxdepth 5 -depth -type d -path "*/slurm_${NODE}[12]*" -exec rmdir {} + 2>/dev/null || true; }
    forget_groups
    shift
    status=0
    setpriv --pdeathsig KILL unshare --net --mount --uts --ipc --pid --fork --mount-proc --kill-child=KILL -- bash "$0" "$@" || status=$?
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        forget_groups
        [ -n "$(find /sys/fs/cgroup -type d -name "slurm_${NODE}[12]" 2>/dev/null)" ] || break
        sleep 0.05
    done
    exit $status
fi

# ---------------------------------------------------------------------------------------------- inside: files of the cluster

# closed_above PATH: the outermost folder on the way to it which not everybody may enter.
closed_above() {
    local folder= part IFS=/
    for part in ${1#/}; do
        folder=$folder/$part
        [ -x "$folder" ] && case $(stat -c %A "$folder") in *[xt]) ;; *) echo "$folder"; return ;; esac
    done
}

started_in=$PWD
cd "$LAB"
chmod 755 .
closed=$(closed_above "$LAB")
[ -z "$closed" ] || { echo "lab.sh: $LAB is no place for a lab: only its owner may enter $closed" >&2; exit 2; }

n1=${NODE}1 n2=${NODE}2
mkdir -p -m 755 etc run log state spool/$n1 spool/$n2 home/student laptop dev
mkdir -p -m 700 home/student/.ssh laptop/.ssh
echo "$n1 $n2" >run/nodes
export SLURM_CONF=$LAB/etc/slurm.conf

cgroups=${CGROUPS:-yes}
for controller in memory freezer; do
    mkdir "/sys/fs/cgroup/$controller/slurm_${n1}_try" 2>/dev/null && rmdir "/sys/fs/cgroup/$controller/slurm_${n1}_try" || cgroups=no
done
echo $cgroups >run/cgroups
if [ $cgroups = yes ]; then
    kept_apart="ProctrackType=proctrack/cgroup
TaskPlugin=task/cgroup
JobAcctGatherType=jobacct_gather/cgroup"
else
    kept_apart="ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherParams=OverMemoryKill"
fi

cat >etc/slurm.conf <<END
ClusterName=lab
SlurmctldHost=login(10.77.0.10)
AuthType=auth/munge
AuthInfo=socket=$LAB/run/munge.sock
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$LAB/state
SlurmdSpoolDir=$LAB/spool/%n
SlurmctldPidFile=$LAB/run/slurmctld.pid
SlurmdPidFile=$LAB/run/slurmd.%n.pid
MailProg=/bin/true
MpiDefault=none
$kept_apart
JobAcctGatherFrequency=1
JobSubmitPlugins=lua
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=100000
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=512
JobCompType=jobcomp/filetxt
JobCompLoc=$LAB/log/jobcomp.log
SlurmctldTimeout=10
SlurmdTimeout=5
KillWait=${KILL_WAIT:-2}
MinJobAge=${MIN_JOB_AGE:-300}
MessageTimeout=5
PropagateResourceLimits=NONE
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
GresTypes=gpu
NodeName=$NODE[1-2] CPUs=4 RealMemory=8000 Gres=gpu:h100:2 Feature=h100
PartitionName=batch Nodes=$NODE[1-2] Default=YES MaxTime=60 DefaultTime=10 PriorityTier=1 State=UP
PartitionName=short Nodes=$n1 MaxTime=1 PriorityTier=1 State=UP
PartitionName=urgent Nodes=$NODE[1-2] PriorityTier=10 PreemptMode=OFF State=UP
PartitionName=paid Nodes=$NODE[1-2] PriorityTier=1 State=UP
END
cat >etc/cgroup.conf <<END
CgroupPlugin=cgroup/v1
CgroupMountpoint=/sys/fs/cgroup
ConstrainRAMSpace=yes
END
echo "NodeName=$NODE[1-2] Name=gpu Type=h100 File=$LAB/dev/nvidia[0-1]" >etc/gres.conf
for device in dev/nvidia0 dev/nvidia1; do mknod -m 666 $device c 1 3; done

# What a site's accounting would refuse: a partition for those who name an account.
cat >etc/job_submit.lua <<'END'
function slurm_job_submit(job, partitions, uid)
    if job.partition == "paid" and job.account == nil then
        slurm.log_user("You must specify an account to use the partition paid.")
        return 2045 -- ESLURM_INVALID_ACCOUNT
    end
    return slurm.SUCCESS
end
function slurm_job_modify(job, record, partitions, uid)
    return slurm.SUCCESS
end
END

cat >etc/hosts <<END
127.0.0.1 localhost
10.77.0.1 laptop
10.77.0.10 login
10.77.0.11 $n1
10.77.0.12 $n2
END
{ grep -v '^root:' /etc/passwd; echo "root:x:0:0:root:$LAB/laptop:/bin/bash"; echo "student:x:20001:20001::$LAB/home/student:/bin/bash"; } >etc/passwd
{ cat /etc/group; echo 'student:x:20001:'; } >etc/group

head -c 1024 /dev/urandom >etc/munge.key
ssh-keygen -q -t ed25519 -N '' -f etc/host_key
ssh-keygen -q -t ed25519 -N '' -f laptop/.ssh/id_ed25519
cp laptop/.ssh/id_ed25519.pub home/student/.ssh/authorized_keys
echo "login,10.77.0.10 $(cut -d' ' -f1,2 etc/host_key.pub)" >laptop/.ssh/known_hosts
chmod 600 etc/munge.key home/student/.ssh/authorized_keys
chown -R 20001:20001 home/student
cat >laptop/.ssh/config <<END
Host login
    User student
    BatchMode yes
    ConnectTimeout 5
    ServerAliveInterval 2
    ServerAliveCountMax 2
END
cat >etc/sshd_config <<END
HostKey $LAB/etc/host_key
PidFile $LAB/run/sshd.pid
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
AuthorizedKeysFile $LAB/home/%u/.ssh/authorized_keys
SetEnv SLURM_CONF=$SLURM_CONF
Subsystem sftp internal-sftp
END

# ------------------------------------------------------------------------------------------ what the hosts see of this machine

for file in hosts passwd group; do mount --bind etc/$file /etc/$file; done
mkdir -p /run/sshd
mount --bind home home && mount --make-shared home # what is mounted below it is mounted for all hosts of the cluster
echo 1 >run/all

# A virtual environment often lies below somebody's home, which nobody else may enter: the home is covered by an empty
# folder which holds nothing but what must be seen.
IFS=: read -ra see <<<"${SEE-$(python3 -c 'import sys; print(sys.prefix, sys.base_prefix, sep=":")')}"
covers=()
for i in "${!see[@]}"; do
    cover=$(closed_above "${see[i]}")
    [ -n "$cover" ] || { unset "see[i]"; continue; }
    [[ " ${covers[*]} " == *" $cover "* ]] || covers+=("$cover")
    mkdir -p "run/see$i" && mount --rbind "${see[i]}" "run/see$i"
done
for cover in "${covers[@]}"; do mount -t tmpfs -o mode=755 lab "$cover"; done
for i in "${!see[@]}"; do mkdir -p "${see[i]}" && mount --rbind "run/see$i" "${see[i]}" && umount -l "run/see$i"; done

# ------------------------------------------------------------------------------------------------------------------- hosts

hostname laptop
ip link set lo up
ip link add br0 type bridge
ip addr add 10.77.0.1/24 dev br0
ip link set br0 up

munged --foreground --force --key-file="$LAB/etc/munge.key" --socket="$LAB/run/munge.sock" --pid-file="$LAB/run/munge.pid" \
    --seed-file="$LAB/run/munge.seed" --num-threads=4 2>log/munged.log 9>&- &

# host NAME ADDRESS DAEMONS: a host that starts again when it died, unless it is held off.
host() {
    local name=$1 address=$2 daemons=$3 pid child
    while :; do
        until ip link add "v-$name" type veth peer name "p-$name" 2>/dev/null; do sleep 0.05; done
        unshare --net --uts --pid --mount --propagation slave --fork --mount-proc --kill-child=KILL -- bash -c "
            hostname $name
            until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
            ip link set lo up; ip addr add $address/24 dev eth0; ip link set eth0 up
            $daemons
            while :; do sleep 1000; done" 2>/dev/null &
        pid=$!
        child=
        until [ -n "$child" ]; do child=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null) || true; done
        child=${child% }
        until [ "$(readlink "/proc/$child/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
        echo "$child" >"run/$name"
        ip link set "p-$name" netns "$child" name eth0
        ip link set "v-$name" master br0 up
        wait $pid 2>/dev/null || true
        rm -f "run/$name"
        ip link del "v-$name" 2>/dev/null || true
        while [ -e "run/$name.off" ]; do sleep 0.1; done
    done
}
controller="(while :; do [ -e run/controller.off ] || slurmctld -D -i >>log/slurmctld.log 2>&1; sleep 0.2; done) &"
host login 10.77.0.10 "$controller /usr/sbin/sshd -D -e -f etc/sshd_config 2>>log/sshd.log &" 9>&- &
host $n1 10.77.0.11 "slurmd -D -N $n1 >>log/$n1.log 2>&1 &" 9>&- &
host $n2 10.77.0.12 "slurmd -D -N $n2 >>log/$n2.log 2>&1 &" 9>&- &

tries=0
until [ "$(sinfo -h -p batch -o %T 2>/dev/null)" = idle ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo "lab.sh: the cluster did not come up; its logs are in $LAB/log" >&2; kill -9 -1; }
    sleep 0.1
done

# ----------------------------------------------------------------------------------------------------------------- command

# The shared disk is the cluster's: nothing on the laptop gets there but by ssh.
status=0
cd "$started_in" 2>/dev/null || cd "$LAB/laptop"
HOME=$LAB/laptop XDG_RUNTIME_DIR=$LAB/run unshare --mount bash -c 'mount -t tmpfs lab "$LAB/home" && echo $$ >"$LAB/run/laptop" && exec "$@"' - "$@" || status=$?
exec 2>/dev/null
kill -9 -1 || true
exit $status
