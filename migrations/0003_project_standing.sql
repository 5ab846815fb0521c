CREATE TABLE `__new_projects` (
	`slug` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`deployed_at` integer,
	`region` text,
	`suspended_at` integer
);
--> statement-breakpoint
INSERT INTO `__new_projects`(`slug`, `name`, `created_at`, `deployed_at`) SELECT `slug`, `name`, `created_at`, `deployed_at` FROM `projects`;--> statement-breakpoint
DROP TABLE `projects`;--> statement-breakpoint
ALTER TABLE `__new_projects` RENAME TO `projects`;
