/** Databases of vendors, on this machine: they speak the vendors' own protocols, for tests through the vendors' own drivers. */
export * from '@betterbase/stand-ins';
