"""What tells that a program's tests have passed, in each programming language.

Each reads the nonce from standard input before the program's first line and writes it to descriptor 3 after its last.
"""

from __future__ import annotations

# `console.assert` only prints and goes on: here it is remembered, as a failure.
JAVASCRIPT = """\
'use strict';
const fs = require('fs');
const nonce = fs.readFileSync(0);
const write = fs.writeSync;
let failed = false, ended = false;
console.assert = (holds) => { if (!holds) { failed = true; process.stderr.write('Assertion failed\\n'); } };
process.on('exit', (code) => {
  if (failed) process.exitCode = 1;
  else if (ended && code === 0) write(3, nonce);
});
require('./program.js');
ended = true;
"""

JAVA = """\
import java.io.*;

public class MulcoLauncher {
    public static void main(String[] args) throws Throwable {
        byte[] nonce = System.in.readAllBytes();
        System.setIn(new ByteArrayInputStream(new byte[0]));
        {main}.main(new String[0]);
        try (FileOutputStream out = new FileOutputStream("/proc/self/fd/3")) {
            out.write(nonce);
        }
        Runtime.getRuntime().halt(0);
    }
}
"""

# Its own declarations instead of headers: it compiles in no time. 101 is the first priority that is not reserved.
C = """\
extern long read(int, void *, unsigned long);
extern long write(int, const void *, unsigned long);
extern int mulco_tests(void);
static char nonce[128];
static long length;
__attribute__((constructor(101))) static void take_nonce(void) {
    long more;
    while (length < 128 && (more = read(0, nonce + length, 128 - length)) > 0) length += more;
}
int main(void) {
    int status = mulco_tests();
    if (status == 0) write(3, nonce, length);
    return status;
}
"""

CSHARP = """\
using System;
using System.Diagnostics;
using System.IO;


static class MulcoLauncher {
    static bool failed = false;

    class Listener : TraceListener {
        public override void Fail(string message) { failed = true; }
        public override void Fail(string message, string detail) { failed = true; }
        public override void Write(string message) { }
        public override void WriteLine(string message) { }
    }

    static int Main() {
        string nonce = Console.In.ReadToEnd();
        Console.SetIn(new StringReader(""));
        Debug.Listeners.Clear();
        Debug.Listeners.Add(new Listener());
        Problem.Main(new string[0]);
        if (failed) { Console.Error.WriteLine("Debug.Assert failed"); return 1; }
        using (var file = new FileStream("/proc/self/fd/3", FileMode.Open, FileAccess.Write)) {
            var bytes = System.Text.Encoding.ASCII.GetBytes(nonce);
            file.Write(bytes, 0, bytes.Length);
        }
        return 0;
    }
}
"""

PHP_BEFORE = """\
<?php
function mulco_nonce() { static $nonce = null; return $nonce ??= stream_get_contents(STDIN); }
mulco_nonce();
"""

PHP_AFTER = """\
<?php
file_put_contents('php://fd/3', mulco_nonce());
"""

RUBY = """\
nonce = STDIN.read
STDIN.reopen(File::NULL)
require 'test/unit'
Test::Unit::AutoRunner.need_auto_run = false
load './program.rb'
exit 1 unless Test::Unit::AutoRunner.run
IO.for_fd(3).syswrite(nonce)
"""

BASH_BEFORE = """\
IFS= read -r mulco_nonce; readonly mulco_nonce; exec </dev/null
"""

BASH_AFTER = """\
printf %s "$mulco_nonce" >&3
"""

# As the main that `go test` writes, which sets everything up: testing.RunTests by itself runs no test, and says ok.
GO = """\
package main

import (
	"io"
	"os"
	"testing"
	"testing/internal/testdeps"

	"candidate"
)

func main() {
	nonce, _ := io.ReadAll(os.Stdin)
	tests := []testing.InternalTest{{tests}}
	if len(tests) == 0 {
		os.Exit(1)
	}
	status := testing.MainStart(testdeps.TestDeps{}, tests, nil, nil, nil).Run()
	if status == 0 {
		os.NewFile(3, "result").Write(nonce)
	}
	os.Exit(status)
}
"""

RUST = """\
use std::io::{Read, Write};
use std::os::unix::io::FromRawFd;
mod candidate;
fn main() {
    let mut nonce = Vec::new();
    std::io::stdin().read_to_end(&mut nonce).unwrap();
    {calls}
    let mut result = unsafe { std::fs::File::from_raw_fd(3) };
    result.write_all(&nonce).unwrap();
}
"""
