/*
 * What an earlier run of this program left loaded in the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_GIVE_BACK_H
#define SESSION_GIVE_BACK_H

#include "session/session.h"

/*
 * Unloads users' hive files that a fix or undo which was cut off had loaded,
 * and tells it.  Before the target is opened, which reads those very files;
 * nothing for an offline target.
 */
void give_back_hives(struct session *s);

#endif
