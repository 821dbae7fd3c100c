// The page of the sandbox's workspace. The server draws it; this keeps it live and sends what the person does.

import "./backstage.js";
import "./blocks.js";
import "./composer.js";
import "./menus.js";
import "./messages.js";
import "./samples.js";
import { prepare } from "./enhance.js";
import { connect } from "./live.js";
import { begin } from "./places.js";

prepare(document);
begin();
connect();
