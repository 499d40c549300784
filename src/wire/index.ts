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
  dispositionOf,
  type PathAttributes,
  type UnknownAttribute,
} from './attributes/index.ts';
export { type AttributeSpec, Disposition, UpdateError } from './attributes/spec.ts';
export { type AttributesView, readAttributes } from './attributes/view.ts';
export { CAPABILITIES, type Capability, formatCapability } from './capabilities/index.ts';
export {
  type ExtendedCommunity,
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from './community-text.ts';
export { endOfRib, endOfRibFamily } from './end-of-rib.ts';
export {
  type CodecFamilyName,
  FAMILIES,
  type FamilyName,
  familyByName,
  familyIndex,
  UNICAST_FAMILIES,
} from './families/index.ts';
export type { EvpnNlri } from './families/nlri-evpn.ts';
export type { FlowspecNlri, FlowspecVpnNlri } from './families/nlri-flowspec.ts';
export type { LabeledNlri, VpnNlri } from './families/nlri-labeled.ts';
export type { PrefixNlri } from './families/nlri-prefix.ts';
export type { RouteTargetNlri } from './families/nlri-route-target.ts';
export type { FamilySpec, NlriCodec } from './families/spec.ts';
export { Framer, type HeaderFault, type MessageSink } from './framer.ts';
export { DEFAULT_CONTEXT, decodeMessage, encodeMessage } from './json.ts';
export type {
  AttributesJson,
  CapabilityJson,
  ErrorJson,
  InvalidJson,
  JsonValue,
  KeepaliveJson,
  MessageInput,
  MessageJson,
  NotificationJson,
  OpenJson,
  RawAttributeJson,
  RouteRefreshJson,
  RoutesJson,
  UnreadableJson,
  UpdateJson,
} from './json-types.ts';
export {
  HEADER_LENGTH,
  KEEPALIVE,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
  writeHeader,
} from './message.ts';
export { type Junk, MessageScanner, type ScannerSink } from './message-scanner.ts';
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
export { type Filters, readFilters, writeFilters } from './orf.ts';
export { RouteRefreshSubtype, readRouteRefresh, writeRouteRefresh } from './route-refresh.ts';
export type { WireContext } from './session-context.ts';
export { describeUpdateFault, updateNotification } from './update-fault.ts';
export { UpdateFrame } from './update-frame.ts';
export type { UpdateProblem } from './update-problems.ts';
export {
  type AttributeState,
  type ReceivedAttribute,
  type ReceivedRoutes,
  type ReceivedUpdate,
  type RoutePlace,
  readUpdate,
} from './update-read.ts';
