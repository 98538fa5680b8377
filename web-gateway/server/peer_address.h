// Who is at the other end of a connection.
#ifndef WEB_GATEWAY_SERVER_PEER_ADDRESS_H_
#define WEB_GATEWAY_SERVER_PEER_ADDRESS_H_

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "absl/strings/str_format.h"

namespace syspulse {

// Returns `192.0.2.7:40112` or `[2001:db8::7]:40112`; empty if the connection is gone already.
inline std::string PeerAddress(const boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return "";
  const std::string address = peer.address().to_string();
  if (peer.address().is_v6()) return absl::StrFormat("[%s]:%d", address, peer.port());
  return absl::StrFormat("%s:%d", address, peer.port());
}

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PEER_ADDRESS_H_
