/**
 * `bellhop/wire`: the BGP-4 codec as a library. No dependency and nothing of Node: it runs in a browser too.
 */
export { formatIpv4, formatIpv6, parseAddress, parseIpv4, parseIpv6 } from '../base/address.ts';
export { ByteWriter } from '../base/byte-writer.ts';
export { fromHex, toHex } from '../base/bytes.ts';
export { formatPrefix, type Prefix, parsePrefix } from '../base/prefix.ts';
export { forEachAttribute, writeAttribute, writeCanonicalBlob } from './attributes/blob.ts';
export {
  ATTRIBUTES,
  type AttributeName,
  attributeByCode,
  attributeByName,
  type PathAttributes,
  type UnknownAttribute,
} from './attributes/index.ts';
export { type AttributeSpec, Disposition, UpdateError } from './attributes/spec.ts';
export { type AttributesView, readAttributes } from './attributes/view.ts';
export { CAPABILITIES, type Capability, formatCapability } from './capabilities/index.ts';
export {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseLargeCommunity,
} from './community-text.ts';
export { endOfRib, endOfRibFamily } from './end-of-rib.ts';
export { FAMILIES, type FamilyName, familyByName } from './families/index.ts';
export { Framer, type HeaderFault, type MessageSink } from './framer.ts';
export {
  HEADER_LENGTH,
  KEEPALIVE,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
  writeHeader,
} from './message.ts';
export {
  CeaseSubcode,
  NotificationCode,
  type NotificationData,
  notification,
  notificationName,
  OpenSubcode,
  readNotification,
  shutdownNotification,
  shutdownText,
  writeNotification,
} from './notification.ts';
export { type OpenMessage, type OpenResult, openAs, readOpen, writeOpen } from './open.ts';
export { RouteRefreshSubtype, readRouteRefresh, writeRouteRefresh } from './route-refresh.ts';
export type { WireContext } from './session-context.ts';
export { describeUpdateFault, updateNotification } from './update-fault.ts';
export { UpdateFrame } from './update-frame.ts';
