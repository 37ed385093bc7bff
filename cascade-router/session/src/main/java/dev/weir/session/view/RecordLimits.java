package dev.weir.session.view;

/** Bounds on what one site may say about one slot. */
public record RecordLimits(int recordsPerWriter, int identitiesPerRecord, int idLength) {
  public static final RecordLimits DEFAULT = new RecordLimits(1000, 4, 512);
}
