//! Programme status from its indicators: rule `worst-known@1`.
