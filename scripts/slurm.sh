# Sees to it that Slurm, munge, sshd and rsync are there, which the tests of the cluster bring up: by apt, where that is allowed.
# Fails, and says why on stderr, where they are not there and cannot be had; those tests then leave themselves out.
set -eu
PATH=$PATH:/usr/sbin:/sbin

missing() {
    for program in slurmctld slurmd sbatch munged sshd ssh rsync unshare nsenter ip; do
        command -v "$program" >/dev/null || echo "$program"
    done
}

[ -n "$(missing)" ] || exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "The tests of the cluster need $(missing | tr '\n' ' ')and only root can install them, with apt." >&2
    exit 1
fi
echo "Installing Slurm and sshd, which the tests of the cluster bring up for themselves." >&2

# They are started by the tests alone: what a package would start at once stays off.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update -qq >&2 || true
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge openssh-server openssh-client rsync iproute2 util-linux >&2 || true
[ -z "$(missing)" ] || {
    echo "The tests of the cluster need $(missing | tr '\n' ' ')and apt could not install them (above is why)." >&2
    exit 1
}
