#compdef berth
# Completion of berth for zsh: source <(berth completion zsh)
_berth() {
  local program="${words[1]}" verb="${words[2]}"
  if (( CURRENT == 2 )); then
    compadd up down run ps inspect why boot logs exec attach port-forward console stats top port cp events stop start restart pause unpause kill rm scale update wait apply validate delete images pull push build commit tag rmi history save load login logout node compare image volume network vm ns registry controller token completion version
    return
  fi
  case "${words[CURRENT-1]}" in
    -f|--file) [[ "$verb" == (apply|validate|delete|build) ]] && { _files; return } ;;
    -i|--input) [[ "$verb" == load ]] && { _files; return } ;;
    -o|--output) [[ "$verb" == save ]] && { _files; return }
       compadd table wide json yaml name; return ;;
  esac
  case "$verb" in
    inspect|why|boot|logs|exec|attach|port-forward|console|stats|top|port|stop|start|restart|pause|unpause|kill|update|wait|commit) compadd -- ${(f)"$("$program" __names targets 2>/dev/null)"} ;;
    rm|ps|scale|events) compadd -- ${(f)"$("$program" __names workloads 2>/dev/null)"} ;;
    cp)
      compadd -S : -- ${(f)"$("$program" __names targets 2>/dev/null)"}
      _files ;;
    build) _files -/ ;;
    pull|push|tag|rmi|images|save|history) compadd -- ${(f)"$("$program" __names images 2>/dev/null)"} ;;
    completion) compadd bash zsh fish ;;
    node)
      if (( CURRENT == 3 )); then compadd ls inspect doctor cordon uncordon drain taint fence label rm
      else compadd -- ${(f)"$("$program" __names nodes 2>/dev/null)"}; fi ;;
    image)
      if (( CURRENT == 3 )); then compadd ls import inspect rm prune
      elif [[ "${words[3]}" == import ]]; then _files; fi ;;
    volume)
      if (( CURRENT == 3 )); then compadd ls create inspect rm prune
      elif [[ "${words[3]}" == (inspect|rm) ]]; then compadd -- ${(f)"$("$program" __names volumes 2>/dev/null)"}; fi ;;
    network)
      if (( CURRENT == 3 )); then compadd ls create inspect rm
      elif [[ "${words[3]}" == (inspect|rm) ]]; then compadd -- ${(f)"$("$program" __names networks 2>/dev/null)"}; fi ;;
    vm)
      if (( CURRENT == 3 )); then compadd snapshot
      elif (( CURRENT == 4 )); then compadd create ls revert rm
      elif (( CURRENT == 5 )); then compadd -- ${(f)"$("$program" __names targets 2>/dev/null)"}; fi ;;
    ns)
      if (( CURRENT == 3 )); then compadd ls create inspect quota rm
      elif [[ "${words[3]}" == (inspect|quota|rm) ]]; then compadd -- ${(f)"$("$program" __names namespaces 2>/dev/null)"}; fi ;;
    registry)
      if (( CURRENT == 3 )); then compadd login ls logout; fi ;;
    token)
      if (( CURRENT == 3 )); then compadd create ls revoke
      elif [[ "${words[3]}" == revoke ]]; then compadd -- ${(f)"$("$program" __names tokens 2>/dev/null)"}; fi ;;
  esac
}
compdef _berth berth ./berth
