CREATE TABLE `attempts` (
	`name` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`last_at` integer NOT NULL,
	`waits_until` integer NOT NULL,
	`refused` integer NOT NULL
);
