/* Stands between a process and its disk: counts, records and fails what is done to files below one folder.

   A seccomp filter turns each system call that can change a file into a SIGSYS, whose handler does the call in its
   stead, or fails it, or kills. So nothing goes unseen: interposed symbols miss what libc writes by itself (stdio, hence
   numpy's tofile). The handler's own calls carry a sixth argument, which these calls do not have, as their pass.

   Loaded with LD_PRELOAD, so that a program which the process executes under the same filter has the handler too; what
   such a program does is let through and not counted. Shared writable mappings are not seen: the tests compare the
   recorded bytes with the files. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define REGISTER(c, n) ((c)->uc_mcontext.gregs[(const int[]){REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8}[n]])
#define RESULT(c) ((c)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define REGISTER(c, n) ((c)->uc_mcontext.regs[n])
#define RESULT(c) ((c)->uc_mcontext.regs[0])
#else
#error "the registers of this processor are not known here"
#endif

#define PASS 0x74726f7576616c6cL
#define COPIED_AT_ONCE 65536

enum kind { OPEN = 'o', WRITE = 'w', TRUNCATE = 't', ALLOCATE = 'a', SYNC = 's', RENAME = 'r', LINK = 'l', UNLINK = 'u',
            MAKE_FOLDER = 'm', REMOVE_FOLDER = 'd' };
enum mode { WATCH, KILL, FAIL_ONCE, DISK_FULL };

struct operation {
    enum kind kind;
    int fd;               /* of what is written or synced, else -1 */
    char path[PATH_MAX];
    char other[PATH_MAX]; /* the new name of a rename or a link */
};

enum outcome { FAILED, DONE, EMPTIED }; /* EMPTIED: opened, and new or cut to nothing */

/* One line of the record: this, then the two paths, then the bytes written. */
struct record {
    uint32_t kind, path, other, outcome;
    int64_t offset, bytes;
};

static char root[PATH_MAX];
static size_t root_length;
static enum mode mode;
static long at;
static int error;
static int record_fd = -1;
static long *count; /* shared with the processes forked from here on */

static long pass(long number, long a, long b, long c, long d, long e)
{
    long result = syscall(number, a, b, c, d, e, PASS);
    return result == -1 ? -errno : result;
}

/* --- which file ------------------------------------------------------------------------------------------------- */

static int below(const char *path)
{
    return root_length && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static void number_into(char *out, long number)
{
    char digits[24];
    int length = 0;
    do digits[length++] = '0' + number % 10; while (number /= 10);
    while (length) *out++ = digits[--length];
    *out = 0;
}

static void path_of_fd(long fd, char *out)
{
    char link[64] = "/proc/self/fd/";
    if (fd == AT_FDCWD) strcpy(link, "/proc/self/cwd");
    else if (fd >= 0) number_into(link + strlen(link), fd);
    ssize_t length = readlink(link, out, PATH_MAX - 1);
    out[length < 0 ? 0 : length] = 0;
}

static void path_at(long folder, const char *path, char *out)
{
    size_t used = 0;
    if (!path) path = "";
    if (*path != '/') {
        path_of_fd(folder, out);
        used = strlen(out);
        out[used++] = '/';
    }
    strncpy(out + used, path, PATH_MAX - 1 - used);
    out[PATH_MAX - 1] = 0;
}

/* --- the record ------------------------------------------------------------------------------------------------- */

static void record(const struct operation *of, enum outcome outcome, off_t offset, const void *data, long bytes)
{
    if (record_fd < 0) return;
    struct record head = {of->kind, strlen(of->path), strlen(of->other), outcome, offset, bytes};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)of->path, head.path}, {(void *)of->other, head.other},
                            {(void *)data, data ? bytes : 0}};
    long size = sizeof head + head.path + head.other + (data ? bytes : 0);
    if (pass(SYS_writev, record_fd, (long)parts, 4, 0, 0) != size) kill(0, SIGKILL); /* an untrue record is worse */
}

/* --- what is done ----------------------------------------------------------------------------------------------- */

static int allocates(enum kind kind)
{
    return kind == OPEN || kind == WRITE || kind == ALLOCATE || kind == LINK || kind == MAKE_FOLDER;
}

/* 0, or the error to give back; a disk that fills up takes half of the write that does not fit (`*bytes`). */
static int fault(const struct operation *next, long *bytes)
{
    long number = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    int failed = 0;
    if (mode == KILL && number == at)
        for (kill(0, SIGKILL);;) pause();
    if (mode == FAIL_ONCE && number == at) failed = error;
    if (mode == DISK_FULL && number >= at && allocates(next->kind)) {
        if (number == at && next->kind == WRITE && *bytes > 1) *bytes /= 2;
        else failed = error;
    }
    if (failed) record(next, FAILED, 0, NULL, 0);
    return failed;
}

static long write_bytes(struct operation *next, const char *data, long bytes, off_t offset, int positioned)
{
    int failed = fault(next, &bytes);
    if (failed) return -failed;
    struct stat file;
    if (!positioned && fcntl(next->fd, F_GETFL) & O_APPEND) offset = fstat(next->fd, &file) ? 0 : file.st_size;
    else if (!positioned) offset = lseek(next->fd, 0, SEEK_CUR);
    long done = positioned ? pass(SYS_pwrite64, next->fd, (long)data, bytes, offset, 0)
                           : pass(SYS_write, next->fd, (long)data, bytes, 0, 0);
    record(next, done < 0 ? FAILED : DONE, offset, data, done < 0 ? 0 : done);
    return done;
}

/* The first piece that is not empty: a short write, after which the caller goes on. */
static long write_pieces(struct operation *next, const struct iovec *piece, long pieces, off_t offset, int positioned)
{
    while (pieces > 1 && !piece->iov_len) piece++, pieces--;
    return pieces ? write_bytes(next, piece->iov_base, piece->iov_len, offset, positioned) : 0;
}

static long send_file(struct operation *next, long from, off_t *offset, long bytes)
{
    char copied[COPIED_AT_ONCE];
    off_t start = offset ? *offset : lseek(from, 0, SEEK_CUR);
    ssize_t had = pread(from, copied, bytes < COPIED_AT_ONCE ? bytes : COPIED_AT_ONCE, start);
    if (had <= 0) return had < 0 ? -errno : 0;
    long done = write_bytes(next, copied, had, 0, 0);
    if (done > 0 && offset) *offset += done;
    else if (done > 0) lseek(from, start + done, SEEK_SET);
    return done;
}

static long open_file(struct operation *next, long folder, long path, long flags, long rights)
{
    struct stat file;
    long none = 0;
    int failed = fault(next, &none);
    if (failed) return -failed;
    int created = stat(next->path, &file) != 0;
    long fd = pass(SYS_openat, folder, path, flags, rights, 0);
    record(next, fd < 0 ? FAILED : created || flags & O_TRUNC ? EMPTIED : DONE, 0, NULL, 0);
    return fd;
}

/* Any other call: its effect is told by its kind, its paths and one length. */
static long plain(struct operation *next, long number, const long *a, long length)
{
    long none = 0;
    int failed = fault(next, &none);
    if (failed) return -failed;
    long result = pass(number, a[0], a[1], a[2], a[3], a[4]);
    record(next, result < 0 ? FAILED : DONE, 0, NULL, length);
    return result;
}

static int on_fd(struct operation *next, enum kind kind, long fd)
{
    next->kind = kind;
    next->fd = fd;
    path_of_fd(fd, next->path);
    return below(next->path);
}

static int on_path(struct operation *next, enum kind kind, long folder, long path)
{
    next->kind = kind;
    path_at(folder, (const char *)path, next->path);
    return below(next->path);
}

static int on_paths(struct operation *next, enum kind kind, long folder, long path, long other_folder, long other)
{
    path_at(other_folder, (const char *)other, next->other);
    return on_path(next, kind, folder, path) || below(next->other);
}

static long perform(long number, const long *a)
{
    struct operation next = {.fd = -1};
    switch (number) {
#ifdef SYS_open
    case SYS_open:
        if (on_path(&next, OPEN, AT_FDCWD, a[0])) return open_file(&next, AT_FDCWD, a[0], a[1], a[2]);
        break;
    case SYS_creat:
        if (on_path(&next, OPEN, AT_FDCWD, a[0]))
            return open_file(&next, AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, a[1]);
        break;
    case SYS_rename:
        if (on_paths(&next, RENAME, AT_FDCWD, a[0], AT_FDCWD, a[1])) return plain(&next, number, a, 0);
        break;
    case SYS_link:
        if (on_paths(&next, LINK, AT_FDCWD, a[0], AT_FDCWD, a[1])) return plain(&next, number, a, 0);
        break;
    case SYS_unlink:
        if (on_path(&next, UNLINK, AT_FDCWD, a[0])) return plain(&next, number, a, 0);
        break;
    case SYS_rmdir:
        if (on_path(&next, REMOVE_FOLDER, AT_FDCWD, a[0])) return plain(&next, number, a, 0);
        break;
    case SYS_mkdir:
        if (on_path(&next, MAKE_FOLDER, AT_FDCWD, a[0])) return plain(&next, number, a, 0);
        break;
#endif
#ifdef SYS_renameat
    case SYS_renameat:
#endif
    case SYS_renameat2:
        if (on_paths(&next, RENAME, a[0], a[1], a[2], a[3])) return plain(&next, number, a, 0);
        break;
    case SYS_openat:
        if (on_path(&next, OPEN, a[0], a[1])) return open_file(&next, a[0], a[1], a[2], a[3]);
        break;
    case SYS_linkat:
        if (on_paths(&next, LINK, a[0], a[1], a[2], a[3])) return plain(&next, number, a, 0);
        break;
    case SYS_unlinkat:
        if (on_path(&next, a[2] & AT_REMOVEDIR ? REMOVE_FOLDER : UNLINK, a[0], a[1])) return plain(&next, number, a, 0);
        break;
    case SYS_mkdirat:
        if (on_path(&next, MAKE_FOLDER, a[0], a[1])) return plain(&next, number, a, 0);
        break;
    case SYS_truncate:
        if (on_path(&next, TRUNCATE, AT_FDCWD, a[0])) return plain(&next, number, a, a[1]);
        break;
    case SYS_ftruncate:
        if (on_fd(&next, TRUNCATE, a[0])) return plain(&next, number, a, a[1]);
        break;
    case SYS_fallocate:
        if (on_fd(&next, ALLOCATE, a[0])) return a[1] ? -EOPNOTSUPP : plain(&next, number, a, a[2] + a[3]);
        break;
    case SYS_fsync:
    case SYS_fdatasync:
        if (on_fd(&next, SYNC, a[0])) return plain(&next, number, a, 0);
        break;
    case SYS_write:
        if (on_fd(&next, WRITE, a[0])) return write_bytes(&next, (const char *)a[1], a[2], 0, 0);
        break;
    case SYS_pwrite64:
        if (on_fd(&next, WRITE, a[0])) return write_bytes(&next, (const char *)a[1], a[2], a[3], 1);
        break;
    case SYS_writev:
        if (on_fd(&next, WRITE, a[0])) return write_pieces(&next, (const struct iovec *)a[1], a[2], 0, 0);
        break;
    case SYS_pwritev:
        if (on_fd(&next, WRITE, a[0])) return write_pieces(&next, (const struct iovec *)a[1], a[2], a[3], 1);
        break;
    case SYS_sendfile:
        if (on_fd(&next, WRITE, a[0])) return send_file(&next, a[1], (off_t *)a[2], a[3]);
        break;
    default: /* six arguments, no room for the pass: libc and Python fall back on the calls above */
        return -ENOSYS;
    }
    return pass(number, a[0], a[1], a[2], a[3], a[4]);
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    ucontext_t *stopped = context;
    int errno_before = errno;
    long arguments[5];
    (void)signal;
    for (int n = 0; n < 5; n++) arguments[n] = REGISTER(stopped, n);
    RESULT(stopped) = perform(info->si_syscall, arguments);
    errno = errno_before;
}

/* --- the filter ------------------------------------------------------------------------------------------------- */

static const int TRAPPED[] = {
#ifdef SYS_open
    SYS_creat, SYS_rename, SYS_link, SYS_unlink, SYS_rmdir, SYS_mkdir,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
    SYS_renameat2, SYS_linkat, SYS_unlinkat, SYS_mkdirat, SYS_truncate, SYS_ftruncate, SYS_fallocate, SYS_fsync,
    SYS_fdatasync, SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_sendfile, SYS_copy_file_range,
};
#define FIELD(name) (offsetof(struct seccomp_data, name))
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

static int install_filter(void)
{
    struct sock_filter code[128] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(args[5])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)PASS, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(args[5]) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(PASS >> 32), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(nr)),
    };
    unsigned short length = 9;
#define ADD(...) code[length++] = (struct sock_filter)__VA_ARGS__
#define ADD_OPEN(number, flags)                                          \
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));              \
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(args[flags])));         \
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, WRITING, 0, 1));            \
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));                    \
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW))
#ifdef SYS_open
    ADD_OPEN(SYS_open, 1);
#endif
    ADD_OPEN(SYS_openat, 2);
    for (size_t n = 0; n < sizeof TRAPPED / sizeof *TRAPPED; n++) {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TRAPPED[n], 0, 1));
        ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
    }
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    struct sock_fprog program = {length, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? errno : 0;
}

/* --- for Python ------------------------------------------------------------------------------------------------- */

__attribute__((constructor)) static void handle_traps(void)
{
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSYS, &action, NULL);
}

/* The counter of operations, shared with every process forked later. */
long *shim_counter(void)
{
    if (!count) count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return count;
}

/* From here on this process, and those it forks, are watched. `folder` is real and absolute; `record_path` may be
   empty. 0, or the error that says why it cannot be. */
int shim_start(const char *folder, int new_mode, long new_at, int new_error, const char *record_path)
{
    strncpy(root, folder, PATH_MAX - 1);
    root_length = strlen(root);
    mode = new_mode;
    at = new_at;
    error = new_error;
    if (*record_path && (record_fd = open(record_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) return errno;
    shim_counter();
    return install_filter();
}
