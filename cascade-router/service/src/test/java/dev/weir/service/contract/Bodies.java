package dev.weir.service.contract;

/** Bodies of requests as clients write them. */
final class Bodies {
  private Bodies() {}

  static String openId(String token, String server) {
    return """
    {"access_token":"%s","token_type":"Bearer","matrix_server_name":"%s","expires_in":3600}\
    """
        .formatted(token, server);
  }

  static String sfuGet(String room, String openId, String more) {
    return """
    {"room":"%s","openid_token":%s,"device_id":"DEVICE"%s}\
    """
        .formatted(room, openId, more);
  }

  static String getToken(String room, String openId, String user, String more) {
    return """
    {"room_id":"%s","slot_id":"m.call#ROOM","openid_token":%s,
     "member":{"id":"member-1","claimed_user_id":"%s","claimed_device_id":"DEVICE"}%s}\
    """
        .formatted(room, openId, user, more);
  }
}
