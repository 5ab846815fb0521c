CREATE TABLE `admin_backup_codes` (
	`digest` text PRIMARY KEY NOT NULL,
	`admin_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `admin_backup_codes_by_admin` ON `admin_backup_codes` (`admin_id`);--> statement-breakpoint
CREATE TABLE `admin_passes` (
	`digest` text PRIMARY KEY NOT NULL,
	`admin_id` text NOT NULL,
	`purpose` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `admin_passes_by_admin` ON `admin_passes` (`admin_id`);--> statement-breakpoint
CREATE TABLE `admin_second_factors` (
	`admin_id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`confirmed_at` integer,
	`taken_step` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `api_keys` ADD `admin_id` text;--> statement-breakpoint
CREATE INDEX `api_keys_by_admin` ON `api_keys` (`admin_id`);--> statement-breakpoint
UPDATE `api_keys` SET `admin_id` = `created_by` WHERE `created_by` <> 'root' AND `created_by` NOT IN (SELECT `id` FROM `api_keys`);--> statement-breakpoint
UPDATE `api_keys` SET `admin_id` = (
	WITH RECURSIVE maker(`id`, `by`, `admin`) AS (
		SELECT k.`id`, k.`created_by`, k.`admin_id` FROM `api_keys` k WHERE k.`id` = `api_keys`.`created_by`
		UNION SELECT k.`id`, k.`created_by`, k.`admin_id` FROM `api_keys` k JOIN maker ON k.`id` = maker.`by`
	) SELECT `admin` FROM maker WHERE `admin` IS NOT NULL LIMIT 1
) WHERE `admin_id` IS NULL;
