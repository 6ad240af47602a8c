//! What a failure of SQLite or of the file system means to the person. Values never get into a message.

use std::io::ErrorKind;

use crate::{Code, Error};

/// SQLite's primary result codes that someone reacts to (sqlite.org/rescode.html).
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const READ_ONLY: u32 = 8;
const IO: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANNOT_OPEN: u32 = 14;
const CONSTRAINT: u32 = 19;
const NOT_A_DATABASE: u32 = 26;

pub(crate) fn map_sqlx(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(fault) => {
            let code = fault.code().and_then(|code| code.parse::<u32>().ok());
            // The extended code's low byte is the primary one.
            from_sqlite(code.map(|code| code & 0xff), fault.message())
        }
        sqlx::Error::Io(fault) => map_io("use the database", &fault),
        sqlx::Error::RowNotFound => Error::new(Code::NotFound, "it is not in the workspace"),
        sqlx::Error::PoolTimedOut => busy(),
        // What a column held may be in the text of these.
        sqlx::Error::ColumnDecode { index, .. } => {
            Error::internal(format!("cannot read column {index} of the database"))
        }
        sqlx::Error::Decode(_) | sqlx::Error::Encode(_) => {
            Error::internal("cannot convert a value of the database")
        }
        sqlx::Error::ColumnNotFound(name) => {
            Error::internal(format!("the database lacks column {name}"))
        }
        sqlx::Error::PoolClosed => Error::internal("the database is closed"),
        _ => Error::internal("the database's driver failed"),
    }
}

fn from_sqlite(code: Option<u32>, message: &str) -> Error {
    match code {
        Some(READ_ONLY) => read_only(),
        Some(FULL) => disk_full(),
        Some(CORRUPT | NOT_A_DATABASE) => damaged("the database is damaged"),
        Some(BUSY | LOCKED) => busy(),
        Some(CONSTRAINT) => Error::new(
            Code::Conflict,
            format!("the change breaks a rule of the database: {message}"),
        ),
        Some(IO | CANNOT_OPEN) => Error::internal(format!("cannot use the database: {message}"))
            .with_hint("Check the disk and the permissions of Patchbay's data folder."),
        _ => Error::internal(format!("the database refuses: {message}")),
    }
}

/// A failure of the file system while we were `doing` something.
pub(super) fn map_io(doing: &str, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => disk_full(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => read_only(),
        kind => Error::internal(format!("cannot {doing}: {kind}"))
            .with_hint("Check the disk and the permissions of Patchbay's data folder."),
    }
}

pub(super) fn read_only() -> Error {
    Error::new(
        Code::DatabaseReadOnly,
        "the workspace can't be written: nothing was changed",
    )
    .with_hint("Make Patchbay's data folder and its files writable for you, then start again.")
}

pub(super) fn damaged(message: &str) -> Error {
    Error::new(Code::DatabaseDamaged, message)
}

fn disk_full() -> Error {
    Error::new(Code::DiskFull, "the disk is full: nothing was changed")
        .with_hint("Free some space, then try again.")
}

fn busy() -> Error {
    Error::new(
        Code::Conflict,
        "another program holds the database: nothing was changed",
    )
    .with_hint("Close the program that has Patchbay's database open, then try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_a_drivers_error_stays_out_of_the_message() {
        let inner: Box<dyn std::error::Error + Send + Sync> = "invalid value: hunter2".into();
        let error = map_sqlx(sqlx::Error::Decode(inner));
        assert!(
            !format!("{error:?}").contains("hunter2"),
            "the value got into the error"
        );
    }

    #[test]
    fn a_full_disk_and_a_read_only_one_are_told_apart() {
        let full = map_io("write", &ErrorKind::StorageFull.into());
        let read_only = map_io("write", &ErrorKind::ReadOnlyFilesystem.into());
        assert_eq!(full.code, Code::DiskFull, "no space left");
        assert_eq!(read_only.code, Code::DatabaseReadOnly, "mounted read-only");
    }
}
