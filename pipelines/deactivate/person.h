/* SPDX-License-Identifier: Apache-2.0
 * E-mail addresses: which are ones, and which belong to nobody. */
#ifndef DEACTIVATE_PERSON_H
#define DEACTIVATE_PERSON_H

#include <joist.h>

/* x@y.z: one '@' with something in front of it, no white space, at least two parts behind it, none
 * of them empty. */
bool is_email(joist_text t);

/* Is this e-mail, in lower case, in a domain that RFC 2606 reserves for examples? */
bool is_example_email(joist_text email);

#endif
