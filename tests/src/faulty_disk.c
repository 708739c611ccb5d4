/* A disk that fails: loaded before the C library by tests (LD_PRELOAD), never part of the program.
 *
 * QD_FAULT_FOLDER  only writes to files below this folder count
 * QD_FAULT_AT      number of the first write that fails, from 1; 0: none does
 * QD_FAULT_KILL    1: the process is killed in the middle of that write instead
 * QD_FAULT_COUNT   file that gets the number of writes when the program ends
 * QD_FAULT_CONTROL file; what the program itself writes there, "AT FOLDER", takes the place of the first
 *                  two, and counting begins anew
 *
 * From the write QD_FAULT_AT on every write fails with "no space left", as on a disk that stays
 * full. A flush to the disk counts as a write: file systems that set space aside late fail there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long done = 0;
static long at = 0;
static int kills = 0;
static const char *folder = NULL;
static const char *control = NULL;
static char folder_said[PATH_MAX];

#define REAL(result, name, ...) \
    static result (*real_##name)(__VA_ARGS__) = NULL; \
    if (real_##name == NULL) real_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("QD_FAULT_AT");
    at = text ? atol(text) : 0;
    text = getenv("QD_FAULT_KILL");
    kills = text && text[0] == '1';
    folder = getenv("QD_FAULT_FOLDER");
    control = getenv("QD_FAULT_CONTROL");
}

static void tell(void) {
    const char *name = getenv("QD_FAULT_COUNT");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (file) {
        fprintf(file, "%ld", atomic_load(&done));
        fclose(file);
    }
}

/* The program says where and when writes fail from now on. */
static void obey(const char *bytes, size_t length) {
    char text[PATH_MAX + 32];
    tell();
    if (length >= sizeof text) return;
    memcpy(text, bytes, length);
    text[length] = 0;
    char *path = strchr(text, ' ');
    if (!path || strlen(path + 1) >= sizeof folder_said) return;
    strcpy(folder_said, path + 1);
    folder = folder_said;
    at = atol(text);
    atomic_store(&done, 0);
}

__attribute__((destructor)) static void end(void) {
    tell();
}

/* Whether a path lies below the folder that counts. */
static int counts(const char *path) {
    return folder && folder[0] && strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static int counts_file(int file) {
    char path[PATH_MAX];
    return path_of(file, path) && counts(path);
}

/* 0: go on; 1: this write fails; 2: half of it, then the end. */
static int next(void) {
    long number = atomic_fetch_add(&done, 1) + 1;
    if (at == 0 || number < at) return 0;
    return kills ? 2 : 1;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

#define GUARD_FILE(file, half) \
    if (counts_file(file)) { \
        int what = next(); \
        if (what == 2) { half; die(); } \
        if (what == 1) { errno = ENOSPC; return -1; } \
    }

ssize_t write(int file, const void *bytes, size_t length) {
    REAL(ssize_t, write, int, const void *, size_t);
    char path[PATH_MAX];
    if (control && path_of(file, path) && strcmp(path, control) == 0) {
        obey(bytes, length);
        return (ssize_t)length;
    }
    GUARD_FILE(file, real_write(file, bytes, length / 2))
    return real_write(file, bytes, length);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t place) {
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    GUARD_FILE(file, real_pwrite(file, bytes, length / 2, place))
    return real_pwrite(file, bytes, length, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t place) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    GUARD_FILE(file, real_pwrite64(file, bytes, length / 2, place))
    return real_pwrite64(file, bytes, length, place);
}

ssize_t writev(int file, const struct iovec *pieces, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    GUARD_FILE(file, real_writev(file, pieces, count / 2))
    return real_writev(file, pieces, count);
}

ssize_t copy_file_range(int from, off64_t *at_from, int to, off64_t *at_to, size_t length, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    GUARD_FILE(to, real_copy_file_range(from, at_from, to, at_to, length / 2, flags))
    return real_copy_file_range(from, at_from, to, at_to, length, flags);
}

int fsync(int file) {
    REAL(int, fsync, int);
    GUARD_FILE(file, (void)0)
    return real_fsync(file);
}

int fdatasync(int file) {
    REAL(int, fdatasync, int);
    GUARD_FILE(file, (void)0)
    return real_fdatasync(file);
}

/* Only a file that grows needs room. */
static int grows(int file, off64_t length) {
    struct stat64 now;
    return fstat64(file, &now) == 0 && length > now.st_size;
}

int ftruncate(int file, off_t length) {
    REAL(int, ftruncate, int, off_t);
    if (grows(file, length)) GUARD_FILE(file, (void)0)
    return real_ftruncate(file, length);
}

int ftruncate64(int file, off64_t length) {
    REAL(int, ftruncate64, int, off64_t);
    if (grows(file, length)) GUARD_FILE(file, (void)0)
    return real_ftruncate64(file, length);
}

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    if (counts(to)) {
        int what = next();
        if (what == 2) die();
        if (what == 1) { errno = ENOSPC; return -1; }
    }
    return real_rename(from, to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    if (counts(path)) {
        int what = next();
        if (what == 2) die();
        if (what == 1) { errno = ENOSPC; return -1; }
    }
    return real_mkdir(path, mode);
}
