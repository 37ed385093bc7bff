package dev.weir.service.peering;

import dev.weir.peering.v1.MemberUpdate;
import dev.weir.peering.v1.Slot;
import dev.weir.peering.v1.SlotSnapshot;
import dev.weir.session.Member;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Snapshot;
import dev.weir.session.view.Version;

/** Between the words of the session and the words of the wire; what cannot be a word is BadSync. */
final class Wire {
  /** Longer names exist nowhere in Matrix. */
  private static final int LONGEST_ID = 512;

  private Wire() {}

  static Slot slot(SlotId slot) {
    return Slot.newBuilder().setRoomId(slot.roomId()).setSlotId(slot.slotId()).build();
  }

  static SlotId slot(Slot slot) throws SyncContent.BadSync {
    try {
      return new SlotId(bounded(slot.getRoomId()), bounded(slot.getSlotId()));
    } catch (IllegalArgumentException e) {
      throw new SyncContent.BadSync("a slot has a room id and a slot id");
    }
  }

  static dev.weir.peering.v1.Member member(Member member) {
    return dev.weir.peering.v1.Member.newBuilder()
        .setUserId(member.user())
        .setDeviceId(member.device())
        .setMemberId(member.memberId())
        .build();
  }

  static Member member(dev.weir.peering.v1.Member member) throws SyncContent.BadSync {
    try {
      return new Member(
          bounded(member.getUserId()),
          bounded(member.getDeviceId()),
          bounded(member.getMemberId()));
    } catch (IllegalArgumentException e) {
      throw new SyncContent.BadSync("not a member: " + e.getMessage());
    }
  }

  static dev.weir.peering.v1.MemberRecord record(MemberRecord record) {
    return dev.weir.peering.v1.MemberRecord.newBuilder()
        .setMember(member(record.member()))
        .addAllIdentities(record.identities())
        .setHomeServerName(record.home().name())
        .setFocusServerName(record.focus().name())
        .setNode(record.node())
        .setPublishes(record.publishes())
        .setLegacy(record.legacy())
        .setLeft(record.left())
        .setHosted(record.hosted())
        .setVersion(version(record.version()))
        .build();
  }

  static MemberRecord record(dev.weir.peering.v1.MemberRecord record) throws SyncContent.BadSync {
    try {
      return new MemberRecord(
          member(record.getMember()),
          record.getIdentitiesList(),
          Site.of(bounded(record.getHomeServerName())),
          Site.of(bounded(record.getFocusServerName())),
          bounded(record.getNode()),
          record.getPublishes(),
          record.getLegacy(),
          record.getLeft(),
          record.getHosted(),
          version(record.getVersion()));
    } catch (IllegalArgumentException e) {
      throw new SyncContent.BadSync("not a record: " + e.getMessage());
    }
  }

  static dev.weir.peering.v1.Version version(Version version) {
    return dev.weir.peering.v1.Version.newBuilder()
        .setEpoch(version.epoch())
        .setCounter(version.counter())
        .setReplica(version.replica())
        .build();
  }

  static Version version(dev.weir.peering.v1.Version version) throws SyncContent.BadSync {
    return new Version(version.getEpoch(), version.getCounter(), bounded(version.getReplica()));
  }

  static SlotSnapshot snapshot(SlotId slot, Snapshot snapshot) {
    SlotSnapshot.Builder builder =
        SlotSnapshot.newBuilder().setSlot(slot(slot)).setAsOf(version(snapshot.asOf()));
    snapshot.records().forEach(record -> builder.addRecords(record(record)));
    return builder.build();
  }

  static Snapshot snapshot(Site writer, SlotSnapshot snapshot) throws SyncContent.BadSync {
    var records = new java.util.ArrayList<MemberRecord>(snapshot.getRecordsCount());
    for (dev.weir.peering.v1.MemberRecord record : snapshot.getRecordsList()) {
      records.add(record(record));
    }
    return new Snapshot(writer, version(snapshot.getAsOf()), records);
  }

  static MemberUpdate update(SlotId slot, MemberRecord record) {
    return MemberUpdate.newBuilder().setSlot(slot(slot)).setRecord(record(record)).build();
  }

  private static String bounded(String text) throws SyncContent.BadSync {
    if (text.length() > LONGEST_ID) {
      throw new SyncContent.BadSync("an id is longer than " + LONGEST_ID);
    }
    return text;
  }
}
