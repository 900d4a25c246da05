#!/bin/sh
# The two programs are position independent, with read-only relocations, a stack that is no code, stack
# protector and fortified calls. A build configured with --disable-hardening is not looked at.
set -u
build=$1
status=0
grep -q '^SEKISHO_CPPFLAGS = .*-D_FORTIFY_SOURCE' "$build"/Makefile || { echo "not asked for"; exit 0; }

lacks() { # PROGRAM WHAT
	echo "$1: $2"
	status=1
}

for program in sekishod sekisho; do
	file=$build/$program
	[ -x "$file" ] || { lacks $program "not built"; continue; }
	head=$(readelf -hW "$file") segments=$(readelf -lW "$file") dynamic=$(readelf -dW "$file")
	imports=$(nm -D --undefined-only "$file")
	case $head in *"DYN (Position-Independent"*) ;; *) lacks $program "not position independent" ;; esac
	case $segments in *GNU_RELRO*) ;; *) lacks $program "no RELRO" ;; esac
	case $dynamic in *NOW*) ;; *) lacks $program "relocations stay writable (no BIND_NOW)" ;; esac
	printf '%s\n' "$segments" | grep -q 'GNU_STACK.* RW ' || lacks $program "executable stack"
	case $imports in *" __stack_chk_fail"*) ;; *) lacks $program "no stack protector" ;; esac
	printf '%s\n' "$imports" | grep -qE ' __(mem|str|v?sn?printf|f?printf|v?fprintf)[a-z]*_chk(@|$)' ||
		lacks $program "no fortified calls: optimise (-O1 and more)"
done
exit $status
